import { draw } from '~/ui/icons';

export const ClockIcon = draw(<path d="M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12Zm0-9.500V8l2.300 1.500" />);
export const ColumnsIcon = draw(<path d="M2.500 3h11v10h-11zM6.200 3v10m3.600-10v10" />);
export const ViewsIcon = draw(<path d="M4 2.500h8v11L8 10.800l-4 2.700z" />);
export const ExcludeIcon = draw(<path d="M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM5 8h6" />);
export const TableIcon = draw(<path d="M2.500 3h11v10h-11zM2.500 6.300h11M2.500 9.600h11" />);
export const BarsIcon = draw(<path d="M3 13V8m3.300 5V4m3.400 9V6.500M13 13V9.500" />);
export const LinkIcon = draw(<path d="m6.500 9.500 3-3M7.500 5l1.300-1.300a2.500 2.500 0 0 1 3.500 3.500L11 8.500M8.500 11l-1.300 1.300a2.500 2.500 0 0 1-3.500-3.500L5 7.500" />);
export const ZoomOutIcon = draw(<path d="M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10Zm3.600-1.400L14 14M5 7h4" />);
