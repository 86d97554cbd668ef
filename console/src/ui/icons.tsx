import type { ReactNode } from 'react';

// Line icons of our own, 16 px, in the colour of the text; always beside or instead of a label that says the same.
export const draw = (paths: ReactNode) =>
  function Icon({ size = 16 }: { size?: number }) {
    return (
      <svg
        width={size}
        height={size}
        viewBox="0 0 16 16"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.4"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
        focusable="false"
      >
        {paths}
      </svg>
    );
  };

export const SearchIcon = draw(<path d="M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10Zm3.6-1.4L14 14" />);
export const DownloadIcon = draw(<path d="M8 2v8m0 0L4.8 6.8M8 10l3.2-3.2M2.5 13.5h11" />);
export const CopyIcon = draw(<path d="M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3" />);
export const CheckIcon = draw(<path d="m3 8.5 3.2 3L13 4.5" />);
export const CrossIcon = draw(<path d="m4 4 8 8m0-8-8 8" />);
export const FilterIcon = draw(<path d="M2 3.5h12M4.5 8h7M6.5 12.5h3" />);
export const ChevronIcon = draw(<path d="m4 6 4 4 4-4" />);
export const UpIcon = draw(<path d="m4 10 4-4 4 4" />);
export const WarningIcon = draw(<path d="M8 2.2 14.5 13.5h-13zM8 6.5v3.2m0 2v.1" />);
export const LockIcon = draw(<path d="M3.5 7h9v6.5h-9zM5.5 7V5a2.5 2.5 0 0 1 5 0v2" />);
export const PersonIcon = draw(<path d="M8 8.2a2.7 2.7 0 1 0 0-5.400 2.700 2.700 0 0 0 0 5.400ZM2.800 13.800c.5-2.400 2.600-3.700 5.200-3.700s4.700 1.300 5.200 3.700" />);
export const HelpIcon = draw(<path d="M6 6a2 2 0 1 1 2.700 1.900c-.5.200-.7.500-.7 1v.4m0 2.300v.1M8 14.500a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13Z" />);
export const EmptyIcon = draw(<path d="M2 9.5 4 3h8l2 6.5v3.5H2zm0 0h3.5l1 1.5h3l1-1.5H14" />);
export const BucketIcon = draw(<path d="M2.5 4 4 13.5h8L13.5 4M2.5 4c0 2 11 2 11 0s-11-2-11 0Z" />);
export const GearIcon = draw(
  <path d="M8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4Zm5.2-2.9 1.1-.8-1.3-2.2-1.3.5-1.2-.7L10.3 1.8H5.7l-.2 1.600-1.200.7-1.300-.5-1.300 2.200 1.100.8v2.200l-1.100.8 1.300 2.200 1.300-.5 1.200.7.2 1.600h4.600l.2-1.600 1.200-.7 1.300.5 1.300-2.200-1.100-.8z" />,
);
