-- CreateTable
CREATE TABLE "events" (
    "id" BIGSERIAL NOT NULL,
    "position" BIGINT,
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "type" VARCHAR(64) NOT NULL,
    "domain_id" UUID NOT NULL,
    "extension_ids" UUID[],
    "data" JSONB NOT NULL,

    CONSTRAINT "events_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "events_position_key" ON "events"("position");

-- CreateIndex
CREATE INDEX "events_created_idx" ON "events"("created");

-- Gives positions to events that are committed and have none; gives the last position there is. Ids are given before
-- the commit, so that who has seen one may meet a lower one later; a position is given after it, under a lock that is
-- held for this alone, so that who has seen one has seen all before it. To be called in a transaction of its own.
CREATE FUNCTION "pbx_events_number"("most" integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  last bigint;
BEGIN
  IF EXISTS (SELECT FROM "events" WHERE "position" IS NULL) THEN
    PERFORM pg_advisory_xact_lock(hashtextextended('pbx_events_number', 0));
    SELECT coalesce(max("position"), 0) INTO last FROM "events";
    UPDATE "events" e SET "position" = last + n.place
    FROM (SELECT u.id, row_number() OVER (ORDER BY u.id) AS place
      FROM (SELECT "id" FROM "events" WHERE "position" IS NULL ORDER BY "id" LIMIT most) u) n
    WHERE e.id = n.id;
  END IF;
  SELECT coalesce(max("position"), 0) INTO last FROM "events";
  RETURN last;
END $$;

-- Wakes who waits for events, on every replica, once they are committed.
CREATE FUNCTION "pbx_events_notify"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('pbx_events', '');
  RETURN NULL;
END $$;

CREATE TRIGGER "pbx_events_written" AFTER INSERT ON "events"
  FOR EACH STATEMENT EXECUTE FUNCTION "pbx_events_notify"();
