import { auditLogs, entries, expect, open, search, searchBox, shot, test } from './support.ts';

test('saves a view, comes back to it, changes it and removes it', async ({ page }) => {
  await open(page, `${auditLogs}?range=7d`);
  await expect(entries(page).first()).toBeVisible();
  await search(page, 'outcome:failure');
  await page.getByRole('button', { name: 'Views', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Save this view…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Save this view' });
  await expect(dialog).toContainText('Outcome: Failed, Last 7 days');
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Failures of the week');
  await dialog.getByRole('checkbox', { name: /^Share/ }).check();
  await shot(page, 'save-view');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toBeHidden();
  // What is shown is the view: its button says so.
  const button = page.getByRole('button', { name: 'Failures of the week' });
  await expect(button).toBeVisible();
  await page.goto(auditLogs);
  await page.getByRole('button', { name: 'Views', exact: true }).click();
  await shot(page, 'views');
  await page.getByRole('menuitem', { name: /Failures of the week/ }).click();
  await expect(searchBox(page)).toHaveValue('outcome:failure');
  await expect(page).toHaveURL(/range=7d/);
  await button.click();
  await page.getByRole('menuitem', { name: 'Manage views…' }).click();
  const manage = page.getByRole('dialog', { name: 'Views' });
  await manage.getByRole('textbox', { name: 'Name of “Failures of the week”' }).fill('Failures');
  await manage.getByRole('checkbox', { name: /^Share/ }).click();
  await expect(manage.getByRole('checkbox', { name: 'Share “Failures”' })).not.toBeChecked();
  await shot(page, 'manage-views');
  await manage.getByRole('button', { name: 'Remove “Failures”' }).click();
  await expect(manage.getByRole('textbox')).toHaveCount(0);
});
