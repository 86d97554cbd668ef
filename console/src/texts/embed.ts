// The audit log inside another product's page.
export const texts = {
  title: (org: string) => `Audit Logs of ${org}`,
  noToken: 'This page belongs into another',
  noTokenText: 'It is shown by the product that your organization uses. Open its audit log there.',
  ended: 'This view has expired',
  endedText: 'It goes on as soon as the page around it renews it. If it does not, load that page again.',
  notEnabled: (org: string) => `Audit Logs are not enabled for ${org}`,
  notEnabledText: (id: string) => `Ask your contact at the vendor to enable Audit Logs for the organization “${id}”.`,
  loading: 'Loading the audit log',
};
