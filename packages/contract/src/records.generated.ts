// DO NOT EDIT - maintained by tools/codegen
// To change the record types, edit packages/model/src and run: npx limpet generate

export type {
  Algorithm,
  CommandResult,
  Condition,
  MemberRecord,
  MemberState,
  NoStickiness,
  Protocol,
  RuleKey,
  RuleRecord,
  RuleStatus,
  Snapshot,
  SourceBased,
  Stickiness,
  VersionedKey,
  VersionedRule,
} from '@limpet/model';
