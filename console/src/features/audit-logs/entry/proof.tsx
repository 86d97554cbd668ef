import { Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ApiError, describeError } from '~/api/errors';
import { fetchProofFile, proofQuery } from '~/features/audit-logs/queries';
import { formatCount } from '~/lib/format';
import { saveText } from '~/lib/save-file';
import { texts } from '~/texts/entry';
import { DownloadIcon } from '~/ui/icons';
import { StatusMark } from '~/ui/status-mark';
import { Section } from './facts';

const hasCode = (error: unknown, code: string) => error instanceof ApiError && error.code === code;

// Whether the organization's signed log has the entry, as it is stored.
export function Proof({ org, id, seq }: { org: string; id: string; seq: number }) {
  const proof = useQuery(proofQuery(org, id));
  const words = texts.proof;
  if (proof.isPending) return <Skeleton height={48} mt="md" role="status" aria-label={words.loading} />;
  if (proof.isError) {
    return (
      <Section title={words.title}>
        <Failure error={proof.error} />
      </Section>
    );
  }
  const save = async () => saveText(`entry-${seq}.tlog-proof`, await fetchProofFile(org, id));
  const download = (
    <Button size="compact-xs" variant="default" leftSection={<DownloadIcon size={12} />} onClick={() => void save()}>
      {words.download}
    </Button>
  );
  return (
    <Section title={words.title} aside={download}>
      <StatusMark tone="good">{words.held(formatCount(proof.data.entry.seq), formatCount(proof.data.size))}</StatusMark>
    </Section>
  );
}

function Failure({ error }: { error: unknown }) {
  const words = texts.proof;
  if (hasCode(error, 'not_in_checkpoint')) return <StatusMark tone="quiet">{words.soon}</StatusMark>;
  if (hasCode(error, 'entry_altered')) return <StatusMark tone="bad">{words.altered}</StatusMark>;
  return <p className="dim">{describeError(error).title}</p>;
}
