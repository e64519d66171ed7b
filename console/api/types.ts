// The shapes of the API, read off the modules' own schemas; nothing is defined a second time.
import type { Static } from 'typebox';
import type { EventSchema, QuarantinedSchema, SourceSchema, TraitHistorySchema } from '#schema/collect';
import type { WorkspaceList } from '#schema/identity';
import type { Presets as PresetsSchema } from '#schema/imports';
import type { Overview as OverviewSchema } from '#schema/insight';
import type {
  ConflictSchema,
  ConsentEvidenceSchema,
  PeopleCountSchema,
  PersonSchema,
  PersonSummarySchema,
  TraitNameSchema,
} from '#schema/people';

export type { SourceKind } from '#schema/collect';
export type { Permission, WhoAmI } from '#schema/identity';
export type { Guess, Import, RejectPage } from '#schema/imports';

export type Overview = Static<typeof OverviewSchema>;
export type Event = Static<typeof EventSchema>;
export type Quarantined = Static<typeof QuarantinedSchema>;
export type Source = Static<typeof SourceSchema>;
export type Person = Static<typeof PersonSchema>;
export type Identifier = Person['identifiers'][number];
export type PersonSummary = Static<typeof PersonSummarySchema>;
export type PeopleCount = Static<typeof PeopleCountSchema>;
export type ConsentEvidence = Static<typeof ConsentEvidenceSchema>;
export type TraitHistory = Static<typeof TraitHistorySchema>;
export type TraitName = Static<typeof TraitNameSchema>;
export type Conflict = Static<typeof ConflictSchema>;
export type Presets = Static<typeof PresetsSchema>;
export type Workspace = Static<typeof WorkspaceList>['items'][number];

/** A page of a list; `next` is handed back as `cursor`. */
export interface Page<T> {
  items: T[];
  next: string | null;
}
