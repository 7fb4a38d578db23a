-- Call records, in a partition a month (UTC) of their start: what is asked for a range of time reads its months only,
-- and retention drops whole months. Prisma knows the table as any other; partitions and triggers are ours.

ALTER TABLE "xml_cdrs" RENAME TO "xml_cdrs_plain";
ALTER TABLE "xml_cdrs_plain" DROP CONSTRAINT "xml_cdrs_pkey", DROP CONSTRAINT "xml_cdrs_domain_id_fkey",
  DROP CONSTRAINT "xml_cdrs_extension_id_fkey";
DROP INDEX "xml_cdrs_extension_id_idx", "xml_cdrs_domain_id_extension_id_start_stamp_idx";

CREATE TABLE "xml_cdrs" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "domain_id" UUID,
    "extension_id" UUID,
    "core_uuid" UUID,
    "call_uuid" UUID,
    "domain_name" VARCHAR(128),
    "accountcode" VARCHAR(32),
    "direction" VARCHAR(16),
    "context" VARCHAR(128),
    "caller_id_name" VARCHAR(32),
    "caller_id_number" VARCHAR(32),
    "caller_destination" VARCHAR(32),
    "source_number" VARCHAR(32),
    "destination_number" VARCHAR(32),
    "start_epoch" BIGINT,
    "start_stamp" TIMESTAMPTZ(6) NOT NULL,
    "answer_epoch" BIGINT,
    "answer_stamp" TIMESTAMPTZ(6),
    "end_epoch" BIGINT,
    "end_stamp" TIMESTAMPTZ(6),
    "duration" BIGINT,
    "mduration" BIGINT,
    "billsec" BIGINT,
    "billmsec" BIGINT,
    "bridge_uuid" UUID,
    "read_codec" VARCHAR(16),
    "read_rate" VARCHAR(16),
    "write_codec" VARCHAR(16),
    "write_rate" VARCHAR(16),
    "remote_media_ip" VARCHAR(128),
    "network_addr" VARCHAR(128),
    "record_path" VARCHAR(256),
    "record_name" VARCHAR(64),
    "leg" VARCHAR(8),
    "pdd_ms" BIGINT,
    "rtp_audio_in_mos" DECIMAL(4,2),
    "last_app" VARCHAR(32),
    "last_arg" TEXT,
    "missed_call" BOOLEAN,
    "cc_side" VARCHAR(16),
    "cc_member_uuid" UUID,
    "cc_queue_joined_epoch" BIGINT,
    "cc_queue" UUID,
    "cc_member_session_uuid" UUID,
    "cc_agent_uuid" UUID,
    "cc_agent" UUID,
    "cc_agent_type" VARCHAR(32),
    "cc_agent_bridged" VARCHAR(8),
    "cc_queue_answered_epoch" BIGINT,
    "cc_queue_terminated_epoch" BIGINT,
    "cc_queue_canceled_epoch" BIGINT,
    "cc_cancel_reason" VARCHAR(32),
    "cc_cause" VARCHAR(32),
    "waitsec" BIGINT,
    "conference_name" VARCHAR(256),
    "conference_uuid" UUID,
    "conference_member_id" VARCHAR(8),
    "digits_dialed" VARCHAR(64),
    "pin_number" VARCHAR(16),
    "hangup_cause" VARCHAR(32),
    "hangup_cause_q850" SMALLINT,
    "sip_hangup_disposition" VARCHAR(32),
    "status" VARCHAR(16) GENERATED ALWAYS AS (CASE
      WHEN "answer_stamp" IS NOT NULL OR "billsec" > 0 THEN
        -- Listening to one's own messages is a call that was answered; leaving one is not.
        CASE WHEN "last_app" = 'voicemail' AND coalesce("last_arg", '') !~ '^(check|auth)' THEN 'voicemail' ELSE 'answered' END
      WHEN "hangup_cause" = 'ORIGINATOR_CANCEL' OR "sip_hangup_disposition" = 'recv_cancel' THEN 'cancelled'
      WHEN "hangup_cause" IN ('NO_ANSWER', 'NO_USER_RESPONSE', 'USER_BUSY', 'CALL_REJECTED', 'ALLOTTED_TIMEOUT',
        'PICKED_OFF', 'LOSE_RACE', 'NORMAL_CLEARING') THEN 'no answer'
      ELSE 'failed' END) STORED,
    "xml" TEXT,
    "json" JSONB,
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "xml_cdrs_pkey" PRIMARY KEY ("id", "start_stamp")
) PARTITION BY RANGE ("start_stamp");

CREATE INDEX "xml_cdrs_domain_id_start_stamp_idx" ON "xml_cdrs"("domain_id", "start_stamp" DESC);
CREATE INDEX "xml_cdrs_domain_id_extension_id_start_stamp_idx" ON "xml_cdrs"("domain_id", "extension_id", "start_stamp" DESC);
CREATE INDEX "xml_cdrs_extension_id_start_stamp_idx" ON "xml_cdrs"("extension_id", "start_stamp" DESC);
CREATE INDEX "xml_cdrs_start_stamp_idx" ON "xml_cdrs"("start_stamp" DESC);
CREATE INDEX "xml_cdrs_caller_id_number_start_stamp_idx" ON "xml_cdrs"("caller_id_number", "start_stamp" DESC);
CREATE INDEX "xml_cdrs_destination_number_start_stamp_idx" ON "xml_cdrs"("destination_number", "start_stamp" DESC);
CREATE INDEX "xml_cdrs_call_uuid_idx" ON "xml_cdrs"("call_uuid");

ALTER TABLE "xml_cdrs" ADD CONSTRAINT "xml_cdrs_domain_id_fkey" FOREIGN KEY ("domain_id") REFERENCES "domains"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "xml_cdrs" ADD CONSTRAINT "xml_cdrs_extension_id_fkey" FOREIGN KEY ("extension_id") REFERENCES "extensions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Records are 20 KB of text; lz4 packs them in a fraction of the time, where PostgreSQL was built with it.
DO $$
BEGIN
  ALTER TABLE "xml_cdrs" ALTER COLUMN "xml" SET COMPRESSION lz4, ALTER COLUMN "json" SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN NULL;
END $$;

-- Switches whose clock has not been set yet write times of 1970. They have one partition for all.
CREATE TABLE "xml_cdrs_before_2000" PARTITION OF "xml_cdrs" FOR VALUES FROM (MINVALUE) TO ('2000-01-01 00:00:00+00');

-- Makes the partition of a month unless it is there; gives whether it was made. A table made first and attached then
-- does not lock out who reads or writes the other months, as CREATE TABLE … PARTITION OF would.
CREATE FUNCTION "pbx_cdr_prepare_month"("moment" timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  month_start timestamp := date_trunc('month', moment AT TIME ZONE 'UTC');
  month_end timestamp := month_start + interval '1 month';
  partition text := 'xml_cdrs_' || to_char(month_start, 'YYYY_MM');
BEGIN
  IF month_start < '2000-01-01' OR to_regclass(partition) IS NOT NULL THEN RETURN false; END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('pbx_cdr_prepare_month', 0));
  -- Not to_regclass again: it may still remember that there was none before the lock was waited for.
  IF EXISTS (SELECT FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'xml_cdrs'::regclass AND c.relname = partition) THEN RETURN false; END IF;
  EXECUTE format('CREATE TABLE %I (LIKE "xml_cdrs" INCLUDING ALL)', partition);
  EXECUTE format('ALTER TABLE "xml_cdrs" ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
    partition, month_start || '+00', month_end || '+00');
  RETURN true;
END $$;

-- Drops the months that ended before a moment, and what was counted of them.
CREATE FUNCTION "pbx_cdr_drop_months"("before" timestamptz) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
  partition text;
  dropped text[] := '{}';
  month_start timestamp;
BEGIN
  FOR partition IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'xml_cdrs'::regclass AND c.relname ~ '^xml_cdrs_\d{4}_\d{2}$' ORDER BY c.relname
  LOOP
    month_start := to_date(right(partition, 7), 'YYYY_MM');
    EXIT WHEN month_start + interval '1 month' > before AT TIME ZONE 'UTC';
    EXECUTE format('DROP TABLE %I', partition);
    DELETE FROM "cdr_totals" WHERE "starts_at" >= month_start AT TIME ZONE 'UTC'
      AND "starts_at" < (month_start + interval '1 month') AT TIME ZONE 'UTC';
    DELETE FROM "cdr_extension_months" WHERE "starts_at" = month_start AT TIME ZONE 'UTC';
    dropped := dropped || partition;
  END LOOP;
  -- Calls of a clock that was never set are as old as their rows.
  DELETE FROM "xml_cdrs" WHERE "start_stamp" < '2000-01-01 00:00:00+00' AND "created" < before;
  RETURN dropped;
END $$;

-- CreateTable
CREATE TABLE "cdr_totals" (
    "grain" VARCHAR(4) NOT NULL,
    "domain_id" UUID NOT NULL,
    "starts_at" TIMESTAMPTZ(0) NOT NULL,
    "total" BIGINT NOT NULL,
    "answered" BIGINT NOT NULL,
    "missed" BIGINT NOT NULL,
    "ring_ms" BIGINT NOT NULL,
    "ring_max_ms" BIGINT NOT NULL,
    "talk_seconds" BIGINT NOT NULL,
    "talk_max_seconds" BIGINT NOT NULL,
    "billed_seconds" BIGINT NOT NULL,

    CONSTRAINT "cdr_totals_pkey" PRIMARY KEY ("grain","domain_id","starts_at")
);

-- CreateTable
CREATE TABLE "cdr_extension_months" (
    "extension_id" UUID NOT NULL,
    "domain_id" UUID NOT NULL,
    "starts_at" TIMESTAMPTZ(0) NOT NULL,
    "total" BIGINT NOT NULL,

    CONSTRAINT "cdr_extension_months_pkey" PRIMARY KEY ("extension_id","domain_id","starts_at")
);

-- From the start to the answer, or to the end of a call that nobody answered.
CREATE FUNCTION "pbx_cdr_ring_ms"("cdr" "xml_cdrs") RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT greatest(0, round(extract(epoch FROM
    coalesce(cdr.answer_stamp, cdr.end_stamp, cdr.start_stamp) - cdr.start_stamp) * 1000))::bigint
$$;

-- Adds rows to the totals of their hours, days and months.
CREATE FUNCTION "pbx_cdr_totals_inserted"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "cdr_totals" AS c
  SELECT g.grain, coalesce(r.domain_id, '00000000-0000-0000-0000-000000000000'),
    date_trunc(g.grain, r.start_stamp, 'UTC'),
    count(*), count(*) FILTER (WHERE r.status = 'answered'), count(*) FILTER (WHERE r.missed_call),
    sum(pbx_cdr_ring_ms(r)), max(pbx_cdr_ring_ms(r)),
    coalesce(sum(r.billsec) FILTER (WHERE r.status = 'answered'), 0),
    coalesce(max(r.billsec) FILTER (WHERE r.status = 'answered'), 0),
    coalesce(sum(r.billsec), 0)
  FROM inserted r CROSS JOIN (VALUES ('hour'), ('day')) g(grain)
  -- In one order, so that two transactions wait for each other and never both ways.
  GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
  ON CONFLICT ("grain", "domain_id", "starts_at") DO UPDATE SET
    total = c.total + excluded.total, answered = c.answered + excluded.answered, missed = c.missed + excluded.missed,
    ring_ms = c.ring_ms + excluded.ring_ms, ring_max_ms = greatest(c.ring_max_ms, excluded.ring_max_ms),
    talk_seconds = c.talk_seconds + excluded.talk_seconds,
    talk_max_seconds = greatest(c.talk_max_seconds, excluded.talk_max_seconds),
    billed_seconds = c.billed_seconds + excluded.billed_seconds;
  INSERT INTO "cdr_extension_months" AS c
  SELECT r.extension_id, coalesce(r.domain_id, '00000000-0000-0000-0000-000000000000'),
    date_trunc('month', r.start_stamp, 'UTC'), count(*)
  FROM inserted r WHERE r.extension_id IS NOT NULL
  GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
  ON CONFLICT ("extension_id", "domain_id", "starts_at") DO UPDATE SET total = c.total + excluded.total;
  RETURN NULL;
END $$;

-- Sums are taken away, which is right beside any other transaction. A maximum is looked for anew, after the total's
-- row is locked and in a statement of its own, which sees what others have committed until then.
CREATE FUNCTION "pbx_cdr_totals_removed"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  t record;
BEGIN
  FOR t IN
    SELECT g.grain, r.domain_id AS domain, coalesce(r.domain_id, '00000000-0000-0000-0000-000000000000') AS domain_id,
      date_trunc(g.grain, r.start_stamp, 'UTC') AS starts_at,
      count(*) AS total, count(*) FILTER (WHERE r.status = 'answered') AS answered,
      count(*) FILTER (WHERE r.missed_call) AS missed, sum(pbx_cdr_ring_ms(r)) AS ring_ms,
      coalesce(sum(r.billsec) FILTER (WHERE r.status = 'answered'), 0) AS talk_seconds,
      coalesce(sum(r.billsec), 0) AS billed_seconds
    FROM removed r CROSS JOIN (VALUES ('hour'), ('day')) g(grain)
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 3, 4
  LOOP
    UPDATE "cdr_totals" c SET total = c.total - t.total, answered = c.answered - t.answered,
      missed = c.missed - t.missed, ring_ms = c.ring_ms - t.ring_ms, talk_seconds = c.talk_seconds - t.talk_seconds,
      billed_seconds = c.billed_seconds - t.billed_seconds
    WHERE c.grain = t.grain AND c.domain_id = t.domain_id AND c.starts_at = t.starts_at;
    UPDATE "cdr_totals" c SET (ring_max_ms, talk_max_seconds) = (
      SELECT coalesce(max(pbx_cdr_ring_ms(r)), 0), coalesce(max(r.billsec) FILTER (WHERE r.status = 'answered'), 0)
      FROM "xml_cdrs" r WHERE r.domain_id IS NOT DISTINCT FROM t.domain AND r.start_stamp >= t.starts_at
        AND r.start_stamp < t.starts_at + ('1 ' || t.grain)::interval)
    WHERE c.grain = t.grain AND c.domain_id = t.domain_id AND c.starts_at = t.starts_at AND c.total > 0;
    DELETE FROM "cdr_totals" c
    WHERE c.grain = t.grain AND c.domain_id = t.domain_id AND c.starts_at = t.starts_at AND c.total <= 0;
  END LOOP;
  FOR t IN
    SELECT r.extension_id, coalesce(r.domain_id, '00000000-0000-0000-0000-000000000000') AS domain_id,
      date_trunc('month', r.start_stamp, 'UTC') AS starts_at, count(*) AS total
    FROM removed r WHERE r.extension_id IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
  LOOP
    UPDATE "cdr_extension_months" c SET total = c.total - t.total
    WHERE c.extension_id = t.extension_id AND c.domain_id = t.domain_id AND c.starts_at = t.starts_at;
    DELETE FROM "cdr_extension_months" c
    WHERE c.extension_id = t.extension_id AND c.domain_id = t.domain_id AND c.starts_at = t.starts_at AND c.total <= 0;
  END LOOP;
  RETURN NULL;
END $$;

CREATE TRIGGER "pbx_cdr_inserted" AFTER INSERT ON "xml_cdrs" REFERENCING NEW TABLE AS inserted
  FOR EACH STATEMENT EXECUTE FUNCTION "pbx_cdr_totals_inserted"();
CREATE TRIGGER "pbx_cdr_deleted" AFTER DELETE ON "xml_cdrs" REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION "pbx_cdr_totals_removed"();
-- An update is both; in this order, by name.
CREATE TRIGGER "pbx_cdr_updated_1" AFTER UPDATE ON "xml_cdrs" REFERENCING NEW TABLE AS inserted
  FOR EACH STATEMENT EXECUTE FUNCTION "pbx_cdr_totals_inserted"();
CREATE TRIGGER "pbx_cdr_updated_2" AFTER UPDATE ON "xml_cdrs" REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION "pbx_cdr_totals_removed"();

-- What was there, with the best start that it has.
SELECT "pbx_cdr_prepare_month"(m) FROM (
  SELECT DISTINCT date_trunc('month', coalesce(start_stamp, to_timestamp(start_epoch), created), 'UTC') AS m
  FROM "xml_cdrs_plain") months;
INSERT INTO "xml_cdrs" ("start_stamp", "id", "domain_id", "extension_id", "core_uuid", "call_uuid", "domain_name", "accountcode", "direction", "context", "caller_id_name", "caller_id_number", "caller_destination", "source_number", "destination_number", "start_epoch", "answer_epoch", "answer_stamp", "end_epoch", "end_stamp", "duration", "mduration", "billsec", "billmsec", "bridge_uuid", "read_codec", "read_rate", "write_codec", "write_rate", "remote_media_ip", "network_addr", "record_path", "record_name", "leg", "pdd_ms", "rtp_audio_in_mos", "last_app", "last_arg", "missed_call", "cc_side", "cc_member_uuid", "cc_queue_joined_epoch", "cc_queue", "cc_member_session_uuid", "cc_agent_uuid", "cc_agent", "cc_agent_type", "cc_agent_bridged", "cc_queue_answered_epoch", "cc_queue_terminated_epoch", "cc_queue_canceled_epoch", "cc_cancel_reason", "cc_cause", "waitsec", "conference_name", "conference_uuid", "conference_member_id", "digits_dialed", "pin_number", "hangup_cause", "hangup_cause_q850", "sip_hangup_disposition", "xml", "json", "created", "updated", "synchronised", "updated_by")
SELECT coalesce(start_stamp, to_timestamp(start_epoch), created), "id", "domain_id", "extension_id", "core_uuid", "call_uuid", "domain_name", "accountcode", "direction", "context", "caller_id_name", "caller_id_number", "caller_destination", "source_number", "destination_number", "start_epoch", "answer_epoch", "answer_stamp", "end_epoch", "end_stamp", "duration", "mduration", "billsec", "billmsec", "bridge_uuid", "read_codec", "read_rate", "write_codec", "write_rate", "remote_media_ip", "network_addr", "record_path", "record_name", "leg", "pdd_ms", "rtp_audio_in_mos", "last_app", "last_arg", "missed_call", "cc_side", "cc_member_uuid", "cc_queue_joined_epoch", "cc_queue", "cc_member_session_uuid", "cc_agent_uuid", "cc_agent", "cc_agent_type", "cc_agent_bridged", "cc_queue_answered_epoch", "cc_queue_terminated_epoch", "cc_queue_canceled_epoch", "cc_cancel_reason", "cc_cause", "waitsec", "conference_name", "conference_uuid", "conference_member_id", "digits_dialed", "pin_number", "hangup_cause", "hangup_cause_q850", "sip_hangup_disposition", "xml", "json", "created", "updated", "synchronised", "updated_by" FROM "xml_cdrs_plain";
DROP TABLE "xml_cdrs_plain";

-- CreateTable
CREATE TABLE "cdr_rejects" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "reason" TEXT NOT NULL,
    "call_uuid" VARCHAR(64),
    "domain_name" VARCHAR(128),
    "source" VARCHAR(256) NOT NULL DEFAULT '',
    "content_type" VARCHAR(256) NOT NULL DEFAULT '',
    "size" INTEGER NOT NULL,
    "record" TEXT NOT NULL,
    "body" BYTEA NOT NULL,
    "digest" VARCHAR(64) NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 1,
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "cdr_rejects_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "cdr_rejects_digest_key" ON "cdr_rejects"("digest");
CREATE INDEX "cdr_rejects_created_idx" ON "cdr_rejects"("created" DESC);
