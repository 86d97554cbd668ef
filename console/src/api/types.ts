import type { components, operations } from './schema';

type Schemas = components['schemas'];

export type Session = Schemas['Session'];
export type SessionOrg = Schemas['SessionOrg'];
export type AuditRecord = Schemas['Record'];
export type EventPage = Schemas['EventPage'];
export type EventFilter = Schemas['EventFilter'];
export type EventQuery = NonNullable<operations['listEvents']['parameters']['query']>;
export type Category = Schemas['Category'];
export type Outcome = Schemas['Outcome'];
export type Change = Schemas['Change'];
export type Export = Schemas['Export'];
export type ExportRequest = Schemas['ExportRequest'];
export type Destination = Schemas['Destination'];
export type DestinationList = Schemas['DestinationList'];
export type DestinationSettings = Schemas['DestinationSettings'];
export type Check = Schemas['Check'];
export type Validation = Schemas['Validation'];
export type Delivery = Schemas['Delivery'];
