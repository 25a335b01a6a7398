import { icon } from "../ui/icons";

export const QueueIcon = icon(<path d="M4 7h10M4 12h10M4 17h6M18 9v8M15.5 14.5L18 17l2.5-2.5" />);
export const ChatIcon = icon(
  <path d="M4.5 12c0-4 3.4-7 7.5-7s7.5 3 7.5 7-3.4 7-7.5 7c-1 0-2-.2-2.9-.5L5 19.5l1-3.2A6.7 6.7 0 0 1 4.5 12z" />,
);
export const StackIcon = icon(<path d="M12 4l8 4-8 4-8-4zM4 12l8 4 8-4M4 16l8 4 8-4" />);
export const ArchiveIcon = icon(<path d="M4 5h16v4H4zM5.5 9v10h13V9M10 13h4" />);
export const BotIcon = icon(
  <>
    <rect x="5" y="8" width="14" height="11" rx="3" />
    <path d="M12 8V4.500M9.5 13v.01M14.5 13v.01M10 16h4" />
  </>,
);
export const BoardIcon = icon(<path d="M12 4l8.5 15h-17zM12 10v4M12 16.500v.01" />);
export const CareIcon = icon(
  <path d="M12 19.500s-7.5-4.600-7.5-10A4.200 4.200 0 0 1 12 7.200a4.200 4.200 0 0 1 7.5 2.300c0 5.400-7.5 10-7.5 10z" />,
);
export const ChartIcon = icon(<path d="M4 20h16M7 16v-5M12 16V6M17 16v-8" />);
export const WallIcon = icon(
  <>
    <rect x="3.5" y="5" width="17" height="11" rx="1.5" />
    <path d="M9 20h6M12 16v4" />
  </>,
);
export const GearIcon = icon(
  <>
    <circle cx="12" cy="12" r="3" />
    <path d="M12 3.500v3M12 17.500v3M3.5 12h3M17.5 12h3M6 6l2.1 2.100M15.9 15.900L18 18M18 6l-2.1 2.100M8.1 15.900L6 18" />
  </>,
);
export const ThemeIcon = icon(
  <>
    <circle cx="12" cy="12" r="8" />
    <path d="M12 4a8 8 0 0 1 0 16z" fill="currentColor" />
  </>,
);
export const BellIcon = icon(<path d="M6 16.500V11a6 6 0 0 1 12 0v5.500l1.5 1.500h-15zM10.5 20.500h3" />);
export const KeyIcon = icon(
  <>
    <rect x="3.5" y="7" width="17" height="10" rx="2" />
    <path d="M7 10.500v.01M10.5 10.500v.01M14 10.500v.01M17 10.500v.01M8 14h8" />
  </>,
);
export const EyeIcon = icon(
  <>
    <path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z" />
    <circle cx="12" cy="12" r="2.5" />
  </>,
);
export const BackIcon = icon(<path d="M15 6l-6 6 6 6" />);
export const NoteIcon = icon(<path d="M6 4h12v10l-5 6H6zM13 20v-6h5M9 8h6M9 11.500h4" />);
export const SlashIcon = icon(<path d="M15 5L9 19" />);
