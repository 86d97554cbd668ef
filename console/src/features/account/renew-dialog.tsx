import { Modal } from '@mantine/core';
import { texts as common } from '~/texts/common';
import { texts } from '~/texts/account';
import { ProofForm } from './proof-form';
import { useRenewCodes } from './queries';
import { RecoveryCodes } from './recovery-codes';

const words = texts.secondFactor;

export function RenewDialog({ onClose }: { onClose: () => void }) {
  const renew = useRenewCodes();
  return (
    <Modal opened onClose={onClose} title={renew.data ? words.codesTitle : words.renew} closeButtonProps={{ 'aria-label': common.close }} closeOnClickOutside={false}>
      {renew.data ? (
        <RecoveryCodes codes={renew.data} onDone={onClose} />
      ) : (
        <ProofForm label={words.renew} text={words.renewText} submitLabel={words.renewSubmit} error={renew.error} isPending={renew.isPending} onProof={renew.mutate} onCancel={onClose} />
      )}
    </Modal>
  );
}
