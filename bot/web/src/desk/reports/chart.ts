import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { type EChartsType, init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, AriaComponent, CanvasRenderer]);

export type Series = { name: string; values: (number | null)[] };
export type ChartSpec = { labels: string[]; series: Series[]; kind: "bar" | "line"; share: boolean };

/** Draws into `element`; colours and font are those of the page around it. */
export function draw(element: HTMLElement, spec: ChartSpec, chart: EChartsType | null): EChartsType {
  const drawn = chart ?? init(element, null, { renderer: "canvas" });
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const text = { color: colour("--ink-2"), fontFamily: style.fontFamily };
  drawn.setOption(
    {
      aria: { enabled: true },
      animationDuration: 300,
      color: [colour("--brand-text"), colour("--chart-2"), colour("--chart-3"), colour("--chart-4")],
      textStyle: text,
      grid: { left: 8, right: 16, top: 40, bottom: 8, containLabel: true },
      legend: { top: 0, left: 0, icon: "roundRect", itemWidth: 10, itemHeight: 10, textStyle: text },
      // Rich text is drawn on the canvas: an HTML tooltip would need inline styles.
      tooltip: {
        trigger: "axis",
        renderMode: "richText",
        backgroundColor: colour("--paper"),
        borderColor: colour("--line"),
        textStyle: { ...text, color: colour("--ink") },
        valueFormatter: (value: unknown) => readable(value, spec.share),
      },
      xAxis: {
        type: "category",
        data: spec.labels,
        axisLine: { lineStyle: { color: colour("--line") } },
        axisTick: { show: false },
        axisLabel: text,
      },
      yAxis: {
        type: "value",
        ...(spec.share ? {} : { minInterval: 1 }),
        splitLine: { lineStyle: { color: colour("--line") } },
        axisLabel: { ...text, formatter: (value: number) => readable(value, spec.share) },
        ...(spec.share ? { max: 1, min: 0 } : {}),
      },
      series: spec.series.map(({ name, values }) => ({
        name,
        type: spec.kind,
        data: values,
        barMaxWidth: 26,
        smooth: 0.2,
        symbolSize: 6,
        itemStyle: { borderRadius: spec.kind === "bar" ? [3, 3, 0, 0] : 0 },
      })),
    },
    { notMerge: true },
  );
  return drawn;
}

function readable(value: unknown, share: boolean): string {
  if (typeof value !== "number") return "-";
  return share ? `${Math.round(value * 100)}%` : String(Math.round(value * 10) / 10);
}
