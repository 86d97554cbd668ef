export const texts = {
  title: 'Integrations',
  s3: 'Amazon S3',
  back: '‹ Integrations',
  lockedTitle: 'Integrations are for primary admins and admins',
};
