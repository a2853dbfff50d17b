-- Each delivery is updated twice within moments: leased, then told. Room on its page keeps the lease
-- out of the indexes, and frequent vacuums keep the looked-at end of the indexes short.
alter table outbox_deliveries set (
  fillfactor = 60,
  autovacuum_vacuum_scale_factor = 0.02,
  autovacuum_vacuum_threshold = 1000,
  autovacuum_analyze_scale_factor = 0.05,
  autovacuum_vacuum_cost_delay = 0
);
