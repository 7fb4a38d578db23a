-- CreateTable
CREATE TABLE "webhooks" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "domain_id" UUID,
    "target_url" VARCHAR(2048) NOT NULL,
    "events" JSONB NOT NULL DEFAULT '["*"]',
    "filters" JSONB NOT NULL DEFAULT '{}',
    "secret" VARCHAR(128) NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "description" VARCHAR(256) NOT NULL DEFAULT '',
    "failing_since" TIMESTAMPTZ(6),
    "last_status" INTEGER,
    "disabled_reason" VARCHAR(256),
    "resting_until" TIMESTAMPTZ(6),
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "webhooks_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhook_deliveries" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "webhook_id" UUID NOT NULL,
    "type" VARCHAR(64) NOT NULL,
    "body" JSONB NOT NULL,
    "status" VARCHAR(16) NOT NULL DEFAULT 'waiting',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "due" TIMESTAMPTZ(6) DEFAULT CURRENT_TIMESTAMP,
    "response_status" INTEGER,
    "response_body" TEXT,
    "error" VARCHAR(256),
    "since" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sequence" BIGSERIAL NOT NULL,

    CONSTRAINT "webhook_deliveries_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "webhooks_domain_id_idx" ON "webhooks"("domain_id");

-- CreateIndex
CREATE INDEX "webhook_deliveries_webhook_id_due_idx" ON "webhook_deliveries"("webhook_id", "due");

-- CreateIndex
CREATE INDEX "webhook_deliveries_webhook_id_created_idx" ON "webhook_deliveries"("webhook_id", "created" DESC);

-- CreateIndex
CREATE INDEX "webhook_deliveries_created_idx" ON "webhook_deliveries"("created" DESC);

-- AddForeignKey
ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_domain_id_fkey" FOREIGN KEY ("domain_id") REFERENCES "domains"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_webhook_id_fkey" FOREIGN KEY ("webhook_id") REFERENCES "webhooks"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What each webhook is to be told of new events, in the transaction that stores them.
CREATE FUNCTION "pbx_webhooks_deliver"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "webhook_deliveries" ("webhook_id", "type", "body")
  SELECT w.id, e.type, jsonb_build_object('id', e.id::text, 'type', e.type, 'created', pbx_events_time(e.created),
    'domain_id', e.domain_id, 'data', e.data)
  FROM inserted e JOIN "webhooks" w ON w.enabled AND (w.domain_id IS NULL OR w.domain_id = e.domain_id)
    AND (w.events ? '*' OR w.events ? e.type)
    AND (NOT w.filters ? 'direction' OR w.filters->'direction' ? (e.data->>'direction'))
    AND (NOT w.filters ? 'extension_id' OR EXISTS (
      SELECT FROM unnest(e.extension_ids) x(id) WHERE w.filters->'extension_id' ? x.id::text))
  ORDER BY e.id;
  IF FOUND THEN PERFORM pg_notify('pbx_webhooks', ''); END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER "pbx_webhooks_deliver" AFTER INSERT ON "events" REFERENCING NEW TABLE AS inserted
  FOR EACH STATEMENT EXECUTE FUNCTION "pbx_webhooks_deliver"();
