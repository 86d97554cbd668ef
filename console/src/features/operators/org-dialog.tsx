import { Modal } from '@mantine/core';
import { texts as common } from '~/texts/common';
import { texts } from '~/texts/operators';
import { OrgForm } from './org-form';

export function NewOrgDialog({ onClose, onCreated }: { onClose: () => void; onCreated: (org: string) => void }) {
  return (
    <Modal opened onClose={onClose} title={texts.org.newTitle} size="lg" closeButtonProps={{ 'aria-label': common.close }}>
      <OrgForm org={null} onCancel={onClose} onSaved={onCreated} />
    </Modal>
  );
}
