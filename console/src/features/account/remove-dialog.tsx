import { Modal } from '@mantine/core';
import { texts as common } from '~/texts/common';
import { texts } from '~/texts/account';
import { ProofForm } from './proof-form';
import { useRemoveSecondFactor } from './queries';

const words = texts.secondFactor;

export function RemoveDialog({ onClose }: { onClose: () => void }) {
  const remove = useRemoveSecondFactor();
  return (
    <Modal opened onClose={onClose} title={words.removeTitle} closeButtonProps={{ 'aria-label': common.close }}>
      <ProofForm
        label={words.removeTitle}
        text={words.removeText}
        submitLabel={words.removeSubmit}
        isDangerous
        error={remove.error}
        isPending={remove.isPending}
        onProof={(proof) => remove.mutate(proof, { onSuccess: onClose })}
        onCancel={onClose}
      />
    </Modal>
  );
}
