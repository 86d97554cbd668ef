export const texts = {
  title: 'Data packs',
  lockedTitle: 'Data packs are for primary admins and admins',
  notEnabled: (org: string) => `Data packs are not enabled for ${org}`,
  what: 'A data pack is a set of your own data in the vendor’s product, delivered as files to your S3 bucket on a schedule.',
  ask: (id: string) => `Ask your contact at the vendor to enable Data packs for the organisation “${id}”.`,
  empty: 'No data pack yet',
  emptyText: 'The vendor has not assigned one to your organisation. Ask your contact there which ones there are. Connect a bucket meanwhile: packs are delivered to the same one.',
  toS3: 'To the S3 integration',
};
