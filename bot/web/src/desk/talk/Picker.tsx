import {
  type KeyboardEvent,
  type ReactNode,
  type Ref,
  useEffect,
  useImperativeHandle,
  useState,
} from "react";

export type PickerHandle = {
  /** True when the key was for the list. */
  press(event: KeyboardEvent): boolean;
};

type Props<T> = {
  ref: Ref<PickerHandle>;
  label: string;
  empty: string | null;
  items: readonly T[];
  keyOf: (item: T) => string | number;
  show: (item: T) => ReactNode;
  onPick: (item: T) => void;
};

/** A list above the composer that arrows and Enter serve while the focus stays in the text. */
export function Picker<T>({ ref, label, empty, items, keyOf, show, onPick }: Props<T>) {
  const [at, setAt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list begins at its top
  useEffect(() => setAt(0), [items.length]);
  useImperativeHandle(ref, () => ({
    press(event) {
      const chosen = items[at];
      if (!chosen) return false;
      if (event.key === "ArrowDown") setAt((at + 1) % items.length);
      else if (event.key === "ArrowUp") setAt((at + items.length - 1) % items.length);
      else if (event.key === "Enter" || event.key === "Tab") onPick(chosen);
      else return false;
      event.preventDefault();
      return true;
    },
  }));
  if (items.length === 0 && !empty) return null;
  return (
    <div className="picker">
      <p>{items.length > 0 ? label : empty}</p>
      <div role="listbox" tabIndex={-1} aria-label={label}>
        {items.map((item, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the composer
          // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the text
          <div
            key={keyOf(item)}
            role="option"
            aria-selected={index === at}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onPick(item)}
          >
            {show(item)}
          </div>
        ))}
      </div>
    </div>
  );
}
