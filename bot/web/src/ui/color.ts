/** Shades of one brand colour, computed here so that no browser needs `color-mix`. */

type Rgb = readonly [number, number, number];

export const DEFAULT_BRAND = "#0b7a63";
const WHITE: Rgb = [255, 255, 255];
const INK: Rgb = [17, 22, 20];

/** `#rgb` or `#rrggbb` as numbers; null for anything else. */
export function parseHex(text: string): Rgb | null {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(text.trim());
  const full = short ? `#${short[1]}${short[1]}${short[2]}${short[2]}${short[3]}${short[3]}` : text.trim();
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(full);
  if (!match) return null;
  const [, r, g, b] = match;
  return [Number.parseInt(r ?? "", 16), Number.parseInt(g ?? "", 16), Number.parseInt(b ?? "", 16)];
}

function toHex(color: Rgb): string {
  return `#${color.map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;
}

function mix(from: Rgb, to: Rgb, share: number): Rgb {
  const at = (i: 0 | 1 | 2) => from[i] + (to[i] - from[i]) * share;
  return [at(0), at(1), at(2)];
}

/** Relative luminance, WCAG 2.2. */
function luminance(color: Rgb): number {
  const [r, g, b] = color.map((part) => {
    const c = part / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
}

/** Contrast ratio of two colours, WCAG 2.2: 1 to 21. */
export function contrast(one: Rgb, other: Rgb): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

/** `color`, moved towards `goal` until text of it is readable (4.5 : 1) on `ground`. */
function readable(color: Rgb, ground: Rgb, goal: Rgb): Rgb {
  for (let share = 0; share < 1; share += 0.04) {
    const shade = mix(color, goal, share);
    if (contrast(shade, ground) >= 4.5) return shade;
  }
  return goal;
}

/** The CSS variables a brand colour gives, for light or dark surroundings. */
export function brandVariables(brand: string, dark: boolean): Record<string, string> {
  const color = parseHex(brand) ?? parseHex(DEFAULT_BRAND) ?? INK;
  const ground: Rgb = dark ? [22, 27, 25] : WHITE;
  const soft = mix(ground, color, dark ? 0.22 : 0.09);
  const onBrand = contrast(color, WHITE) >= 3.6 ? WHITE : INK;
  return {
    "--brand": toHex(color),
    "--brand-deep": toHex(mix(color, INK, 0.18)),
    "--on-brand": toHex(onBrand),
    "--brand-text": toHex(readable(color, soft, dark ? WHITE : INK)),
    "--brand-soft": toHex(soft),
    "--brand-line": toHex(mix(ground, color, dark ? 0.45 : 0.28)),
  };
}

/** Puts the brand's shades on `root`. */
export function applyBrand(root: HTMLElement, brand: string | null, dark: boolean): void {
  for (const [name, value] of Object.entries(brandVariables(brand ?? DEFAULT_BRAND, dark))) {
    root.style.setProperty(name, value);
  }
}
