import type { components } from './schema';

type Schemas = components['schemas'];

// What only operators are shown.
export type AnyPerson = Schemas['AnyPerson'];
export type Org = Schemas['Org'];
export type OrgSettings = Schemas['OrgSettings'];
export type Limits = NonNullable<Schemas['Limits']>;
export type Key = Schemas['Key'];
export type NewKey = Schemas['NewKey'];
export type CreatedKey = Schemas['CreatedKey'];
export type KeyChange = Schemas['KeyChange'];
export type Scope = Schemas['Scope'];
export type ListedAction = Schemas['ListedAction'];
export type ActionSettings = Schemas['ActionSettings'];
export type ActionSchema = Schemas['ActionSchema'];
export type Masking = Schemas['Masking'];
export type MaskingRules = Schemas['MaskingRules'];
export type Overview = Schemas['Overview'];
export type OperatedDestination = Schemas['OperatedDestination'];
export type DestinationState = Schemas['DestinationState'];
export type DataPack = Schemas['DataPack'];
export type DataPackDefinition = Schemas['DataPackDefinition'];
export type DataPackPreview = Schemas['DataPackPreview'];
export type DataSource = Schemas['DataSource'];
export type DataSourceSettings = Schemas['DataSourceSettings'];
export type FileSet = Schemas['FileSet'];
export type WatchedFolder = Schemas['WatchedFolder'];
export type WatchedFolderEntry = Schemas['WatchedFolderEntry'];
export type DataSourceCheck = Schemas['DataSourceCheck'];
