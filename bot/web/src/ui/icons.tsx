import type { ReactNode } from "react";

/** Line icons on a 24 × 24 grid; decoration only, so hidden from screen readers. */
export function icon(paths: ReactNode) {
  return function Icon({ size = 20 }: { size?: number }) {
    return (
      <svg
        className="ico"
        width={size}
        height={size}
        viewBox="0 0 24 24"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.8"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
        focusable="false"
      >
        {paths}
      </svg>
    );
  };
}

export const CloseIcon = icon(<path d="M6 6l12 12M18 6L6 18" />);
export const SendIcon = icon(<path d="M12 19V5M5.5 11.5L12 5l6.5 6.5" />);
export const ArrowIcon = icon(<path d="M9 6l6 6-6 6" />);
export const DownIcon = icon(<path d="M12 5v14M6 13l6 6 6-6" />);
export const ShieldIcon = icon(
  <>
    <path d="M12 3l7 3v5.5c0 4.3-2.9 7.9-7 9.5-4.1-1.6-7-5.2-7-9.5V6z" />
    <path d="M9 12l2.2 2.2L15.4 10" />
  </>,
);
export const PointsIcon = icon(
  <>
    <circle cx="12" cy="12" r="8.5" />
    <path d="M12 7.6l1.4 2.8 3.1.5-2.2 2.2.5 3.1-2.8-1.5-2.8 1.5.5-3.1-2.2-2.2 3.1-.5z" />
  </>,
);
export const WalletIcon = icon(
  <>
    <path d="M4 8.5A2.5 2.5 0 0 1 6.5 6H17a1 1 0 0 1 1 1v2" />
    <path d="M4 8.5V17a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-6a2 2 0 0 0-2-2H5" />
    <path d="M16 14h.01" />
  </>,
);
export const FlagIcon = icon(
  <>
    <path d="M7 4.5h7.5L19 9v9.5a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2v-12a2 2 0 0 1 2-2z" />
    <path d="M9 12h6M9 15.5h4" />
  </>,
);
export const PersonIcon = icon(
  <>
    <circle cx="12" cy="8.5" r="3.5" />
    <path d="M5 19.5c.8-3.4 3.6-5.5 7-5.5s6.2 2.1 7 5.5" />
  </>,
);
export const ClockIcon = icon(
  <>
    <circle cx="12" cy="12" r="8.5" />
    <path d="M12 7.5V12l3 2" />
  </>,
);
export const AlertIcon = icon(
  <>
    <circle cx="12" cy="12" r="8.5" />
    <path d="M12 8v4.5M12 15.8v.01" />
  </>,
);
export const FileIcon = icon(
  <path d="M6 3.5h8l4 4V20a.5.5 0 0 1-.5.5h-11A.5.5 0 0 1 6 20zM14 3.5V8h4M9 13h6M9 16.500h4" />,
);
export const StarIcon = icon(
  <path d="M12 4l2.4 4.9 5.4.8-3.9 3.8.9 5.4-4.8-2.6-4.8 2.6.9-5.4-3.9-3.8 5.4-.800z" />,
);
export const ClipIcon = icon(
  <path d="M19 11.500l-7 7a4.5 4.5 0 0 1-6.4-6.400l7.5-7.500a3 3 0 0 1 4.3 4.300l-7.5 7.500a1.5 1.5 0 0 1-2.1-2.100l6.7-6.7" />,
);
export const CheckIcon = icon(<path d="M5 12.5l4.5 4.5L19 7.5" />);
export const CopyIcon = icon(
  <>
    <rect x="9" y="9" width="10.5" height="10.5" rx="2" />
    <path d="M15 9V6.5a2 2 0 0 0-2-2H6.5a2 2 0 0 0-2 2V13a2 2 0 0 0 2 2H9" />
  </>,
);
export const OfflineIcon = icon(
  <>
    <path d="M3 3l18 18" />
    <path d="M5 12.5a10 10 0 0 1 3.5-2.2M8.5 16a5 5 0 0 1 5.4-1.1M12 19.5v.01" />
    <path d="M13 9.6c2.3.2 4.4 1.2 6 2.9" />
  </>,
);

/** The mark of the house: a speech bubble whose tail turns back. */
export function Mark({ size = 36 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 48 48" aria-hidden="true" focusable="false">
      <path
        d="M24 9c9.4 0 16 5.9 16 13.6S33.4 36.2 24 36.2c-1.7 0-3.3-.2-4.8-.5-1.9 2-4.6 3.6-8 4.1-.7.1-1.1-.7-.6-1.2 1.6-1.7 2.4-3.6 2.5-5.5C9.9 30.5 8 26.9 8 22.6 8 14.9 14.6 9 24 9z"
        fill="currentColor"
      />
      <path
        d="M17.5 23.4a6.7 6.7 0 1 0 2.3-5.7"
        fill="none"
        stroke="var(--mark-hole, #fff)"
        strokeWidth="2.8"
        strokeLinecap="round"
      />
      <path
        d="M17.2 13.9l1.9 4.3 4.5-1.3"
        fill="none"
        stroke="var(--mark-hole, #fff)"
        strokeWidth="2.8"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
