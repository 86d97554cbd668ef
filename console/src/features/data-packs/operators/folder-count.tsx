import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { texts } from '~/texts/pack-operations';
import { countWords } from './folder-words';
import { folderQuery } from './queries';

export type FolderLink = (source: string, content: ReactNode) => ReactNode;

// What lies in a source's part of the watched folder, and the way there.
export function FolderCount({ source, link }: { source: string; link: FolderLink }) {
  const folder = useQuery(folderQuery(source));
  const counts = countWords(folder.data?.data ?? []);
  return link(source, counts === '' ? texts.folder.inFolder : texts.folder.inFolderOf(counts));
}
