// DO NOT EDIT - maintained by tools/codegen
// To change the record types, edit packages/model/src/statecharts and run: npx limpet generate

export type {
  Algorithm,
  AppCookie,
  CommandResult,
  Condition,
  CookieMode,
  HealthCheck,
  LbCookie,
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
  Timeouts,
  VersionedKey,
  VersionedRule,
} from '@limpet/model';
