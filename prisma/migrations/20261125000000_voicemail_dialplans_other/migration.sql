-- DropIndex
DROP INDEX "voicemails_extension_id_idx";

-- AlterTable
ALTER TABLE "call_recordings" ADD COLUMN     "call_uuid" UUID,
ADD COLUMN     "content_type" VARCHAR(64),
ADD COLUMN     "digest" VARCHAR(64),
ADD COLUMN     "duration" BIGINT,
ADD COLUMN     "size" BIGINT,
ADD COLUMN     "stored_as" VARCHAR(200);

-- AlterTable
ALTER TABLE "recordings" ADD COLUMN     "content_type" VARCHAR(64),
ADD COLUMN     "digest" VARCHAR(64),
ADD COLUMN     "duration" BIGINT,
ADD COLUMN     "size" BIGINT,
ADD COLUMN     "stored_as" VARCHAR(200);

-- AlterTable
ALTER TABLE "voicemail_greetings" ADD COLUMN     "content_type" VARCHAR(64),
ADD COLUMN     "digest" VARCHAR(64),
ADD COLUMN     "duration" BIGINT,
ADD COLUMN     "size" BIGINT,
ADD COLUMN     "stored_as" VARCHAR(200);

-- AlterTable
ALTER TABLE "voicemail_messages" ADD COLUMN     "content_type" VARCHAR(64),
ADD COLUMN     "digest" VARCHAR(64),
ADD COLUMN     "size" BIGINT,
ADD COLUMN     "stored_as" VARCHAR(200),
ADD COLUMN     "urgent" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "inbound_routes" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "dialplan_id" UUID NOT NULL,
    "prefix" VARCHAR(16) NOT NULL DEFAULT '',
    "destination_number" VARCHAR(128),
    "application" VARCHAR(64),
    "data" VARCHAR(128),
    "caller_id_name_prefix" VARCHAR(32) NOT NULL DEFAULT '',
    "record" BOOLEAN NOT NULL DEFAULT false,
    "account_code" VARCHAR(32) NOT NULL DEFAULT '',

    CONSTRAINT "inbound_routes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "outbound_routes" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "dialplan_id" UUID NOT NULL,
    "gateway_id" UUID,
    "gateway_1" VARCHAR(128),
    "gateway_2" VARCHAR(128),
    "gateway_3" VARCHAR(128),
    "prefix" VARCHAR(16) NOT NULL DEFAULT '',
    "strip_prefix" VARCHAR(16) NOT NULL DEFAULT '',
    "limit" INTEGER NOT NULL DEFAULT 0,
    "account_code" VARCHAR(32),
    "toll_allow" VARCHAR(128) NOT NULL DEFAULT '',
    "pin_numbers" BOOLEAN NOT NULL DEFAULT false,
    "pin" VARCHAR(16),

    CONSTRAINT "outbound_routes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "time_conditions" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "dialplan_id" UUID NOT NULL,
    "settings" TEXT,
    "alternate_destination" TEXT,
    "rules" JSONB,
    "alternative" JSONB,

    CONSTRAINT "time_conditions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "dialled_numbers" (
    "domain_id" UUID NOT NULL,
    "number" VARCHAR(32) NOT NULL,
    "kind" VARCHAR(32) NOT NULL,
    "row_id" UUID NOT NULL,

    CONSTRAINT "dialled_numbers_pkey" PRIMARY KEY ("domain_id","number")
);

-- CreateTable
CREATE TABLE "audit_log" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "domain_id" UUID,
    "user_id" INTEGER,
    "username" VARCHAR(150) NOT NULL,
    "address" VARCHAR(64) NOT NULL,
    "action" VARCHAR(16) NOT NULL,
    "resource" VARCHAR(64) NOT NULL,
    "row_id" VARCHAR(64) NOT NULL,
    "changes" JSONB NOT NULL,

    CONSTRAINT "audit_log_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_keys" (
    "user_id" INTEGER NOT NULL,
    "key" VARCHAR(255) NOT NULL,
    "digest" VARCHAR(64) NOT NULL,
    "status" INTEGER,
    "headers" JSONB,
    "body" TEXT,
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("user_id","key")
);

-- CreateTable
CREATE TABLE "media_removals" (
    "id" BIGSERIAL NOT NULL,
    "stored_as" VARCHAR(200) NOT NULL,
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "media_removals_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "voicemail_mails" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "message_id" UUID NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "due" TIMESTAMPTZ(6) DEFAULT CURRENT_TIMESTAMP,
    "error" TEXT,
    "sent" TIMESTAMPTZ(6),
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "voicemail_mails_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "voicemail_links" (
    "hash" VARCHAR(64) NOT NULL,
    "message_id" UUID NOT NULL,
    "expires" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "voicemail_links_pkey" PRIMARY KEY ("hash")
);

-- CreateIndex
CREATE UNIQUE INDEX "inbound_routes_dialplan_id_key" ON "inbound_routes"("dialplan_id");

-- CreateIndex
CREATE UNIQUE INDEX "outbound_routes_dialplan_id_key" ON "outbound_routes"("dialplan_id");

-- CreateIndex
CREATE INDEX "outbound_routes_gateway_id_idx" ON "outbound_routes"("gateway_id");

-- CreateIndex
CREATE UNIQUE INDEX "time_conditions_dialplan_id_key" ON "time_conditions"("dialplan_id");

-- CreateIndex
CREATE INDEX "dialled_numbers_row_id_idx" ON "dialled_numbers"("row_id");

-- CreateIndex
CREATE INDEX "audit_log_created_id_idx" ON "audit_log"("created" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "audit_log_domain_id_created_id_idx" ON "audit_log"("domain_id", "created" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "audit_log_row_id_created_idx" ON "audit_log"("row_id", "created" DESC);

-- CreateIndex
CREATE INDEX "idempotency_keys_created_idx" ON "idempotency_keys"("created");

-- CreateIndex
CREATE INDEX "voicemail_mails_due_idx" ON "voicemail_mails"("due");

-- CreateIndex
CREATE INDEX "voicemail_mails_message_id_idx" ON "voicemail_mails"("message_id");

-- CreateIndex
CREATE INDEX "voicemail_links_message_id_idx" ON "voicemail_links"("message_id");

-- CreateIndex
CREATE INDEX "voicemail_links_expires_idx" ON "voicemail_links"("expires");

-- CreateIndex
CREATE INDEX "call_centre_queues_dialplan_id_idx" ON "call_centre_queues"("dialplan_id");

-- CreateIndex
CREATE INDEX "call_recordings_call_uuid_idx" ON "call_recordings"("call_uuid");

-- CreateIndex
CREATE INDEX "ivr_menus_dialplan_id_idx" ON "ivr_menus"("dialplan_id");

-- CreateIndex
CREATE INDEX "ring_groups_dialplan_id_idx" ON "ring_groups"("dialplan_id");

-- CreateIndex
CREATE UNIQUE INDEX "voicemails_extension_id_key" ON "voicemails"("extension_id");

-- AddForeignKey
ALTER TABLE "inbound_routes" ADD CONSTRAINT "inbound_routes_dialplan_id_fkey" FOREIGN KEY ("dialplan_id") REFERENCES "dialplans"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "outbound_routes" ADD CONSTRAINT "outbound_routes_dialplan_id_fkey" FOREIGN KEY ("dialplan_id") REFERENCES "dialplans"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "outbound_routes" ADD CONSTRAINT "outbound_routes_gateway_id_fkey" FOREIGN KEY ("gateway_id") REFERENCES "gateways"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "time_conditions" ADD CONSTRAINT "time_conditions_dialplan_id_fkey" FOREIGN KEY ("dialplan_id") REFERENCES "dialplans"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "call_centre_queues" ADD CONSTRAINT "call_centre_queues_dialplan_id_fkey" FOREIGN KEY ("dialplan_id") REFERENCES "dialplans"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ring_groups" ADD CONSTRAINT "ring_groups_dialplan_id_fkey" FOREIGN KEY ("dialplan_id") REFERENCES "dialplans"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ivr_menus" ADD CONSTRAINT "ivr_menus_dialplan_id_fkey" FOREIGN KEY ("dialplan_id") REFERENCES "dialplans"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "voicemail_mails" ADD CONSTRAINT "voicemail_mails_message_id_fkey" FOREIGN KEY ("message_id") REFERENCES "voicemail_messages"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "voicemail_links" ADD CONSTRAINT "voicemail_links_message_id_fkey" FOREIGN KEY ("message_id") REFERENCES "voicemail_messages"("id") ON DELETE CASCADE ON UPDATE CASCADE;


-- What answers to a number. AFTER triggers: a table's own uniqueness speaks first.
CREATE FUNCTION "pbx_dialled_extensions"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM "dialled_numbers" d USING before b WHERE d.row_id = b.id;
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    DELETE FROM "dialled_numbers" d USING before b LEFT JOIN after a ON a.id = b.id
    WHERE d.row_id = b.id
      AND (a.domain_id, a.extension, a.number_alias) IS DISTINCT FROM (b.domain_id, b.extension, b.number_alias);
    INSERT INTO "dialled_numbers"
    SELECT DISTINCT ON (a.domain_id, n.number) a.domain_id, n.number, n.kind, a.id
    FROM after a JOIN before b ON b.id = a.id
      CROSS JOIN LATERAL (VALUES (a.extension, 'extension'), (a.number_alias, 'alias')) n(number, kind)
    WHERE (a.domain_id, a.extension, a.number_alias) IS DISTINCT FROM (b.domain_id, b.extension, b.number_alias)
      AND a.domain_id IS NOT NULL AND n.number <> ''
    ORDER BY a.domain_id, n.number, n.kind DESC;
    RETURN NULL;
  END IF;
  INSERT INTO "dialled_numbers"
  SELECT DISTINCT ON (a.domain_id, n.number, a.id) a.domain_id, n.number, n.kind, a.id
  FROM after a CROSS JOIN LATERAL (VALUES (a.extension, 'extension'), (a.number_alias, 'alias')) n(number, kind)
  WHERE a.domain_id IS NOT NULL AND n.number <> ''
  ORDER BY a.domain_id, n.number, a.id, n.kind DESC;
  RETURN NULL;
END $$;

-- The same for tables whose rows have one number; the argument is what they are.
CREATE FUNCTION "pbx_dialled_things"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM "dialled_numbers" d USING before b WHERE d.row_id = b.id;
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    DELETE FROM "dialled_numbers" d USING before b LEFT JOIN after a ON a.id = b.id
    WHERE d.row_id = b.id AND (a.domain_id, a.extension) IS DISTINCT FROM (b.domain_id, b.extension);
    INSERT INTO "dialled_numbers"
    SELECT a.domain_id, a.extension, TG_ARGV[0], a.id FROM after a JOIN before b ON b.id = a.id
    WHERE (a.domain_id, a.extension) IS DISTINCT FROM (b.domain_id, b.extension)
      AND a.domain_id IS NOT NULL AND a.extension <> ''
    ORDER BY 1, 2;
    RETURN NULL;
  END IF;
  INSERT INTO "dialled_numbers"
  SELECT a.domain_id, a.extension, TG_ARGV[0], a.id FROM after a
  WHERE a.domain_id IS NOT NULL AND a.extension <> ''
  ORDER BY 1, 2;
  RETURN NULL;
END $$;

CREATE TRIGGER "pbx_dialled_inserted" AFTER INSERT ON "extensions" REFERENCING NEW TABLE AS after
  FOR EACH STATEMENT EXECUTE FUNCTION "pbx_dialled_extensions"();
CREATE TRIGGER "pbx_dialled_updated" AFTER UPDATE ON "extensions" REFERENCING OLD TABLE AS before NEW TABLE AS after
  FOR EACH STATEMENT EXECUTE FUNCTION "pbx_dialled_extensions"();
CREATE TRIGGER "pbx_dialled_deleted" AFTER DELETE ON "extensions" REFERENCING OLD TABLE AS before
  FOR EACH STATEMENT EXECUTE FUNCTION "pbx_dialled_extensions"();
CREATE TRIGGER "pbx_dialled_inserted" AFTER INSERT ON "ring_groups" REFERENCING NEW TABLE AS after
  FOR EACH STATEMENT EXECUTE FUNCTION "pbx_dialled_things"('ring group');
CREATE TRIGGER "pbx_dialled_updated" AFTER UPDATE ON "ring_groups" REFERENCING OLD TABLE AS before NEW TABLE AS after
  FOR EACH STATEMENT EXECUTE FUNCTION "pbx_dialled_things"('ring group');
CREATE TRIGGER "pbx_dialled_deleted" AFTER DELETE ON "ring_groups" REFERENCING OLD TABLE AS before
  FOR EACH STATEMENT EXECUTE FUNCTION "pbx_dialled_things"('ring group');
CREATE TRIGGER "pbx_dialled_inserted" AFTER INSERT ON "ivr_menus" REFERENCING NEW TABLE AS after
  FOR EACH STATEMENT EXECUTE FUNCTION "pbx_dialled_things"('IVR menu');
CREATE TRIGGER "pbx_dialled_updated" AFTER UPDATE ON "ivr_menus" REFERENCING OLD TABLE AS before NEW TABLE AS after
  FOR EACH STATEMENT EXECUTE FUNCTION "pbx_dialled_things"('IVR menu');
CREATE TRIGGER "pbx_dialled_deleted" AFTER DELETE ON "ivr_menus" REFERENCING OLD TABLE AS before
  FOR EACH STATEMENT EXECUTE FUNCTION "pbx_dialled_things"('IVR menu');
CREATE TRIGGER "pbx_dialled_inserted" AFTER INSERT ON "call_centre_queues" REFERENCING NEW TABLE AS after
  FOR EACH STATEMENT EXECUTE FUNCTION "pbx_dialled_things"('call centre queue');
CREATE TRIGGER "pbx_dialled_updated" AFTER UPDATE ON "call_centre_queues" REFERENCING OLD TABLE AS before NEW TABLE AS after
  FOR EACH STATEMENT EXECUTE FUNCTION "pbx_dialled_things"('call centre queue');
CREATE TRIGGER "pbx_dialled_deleted" AFTER DELETE ON "call_centre_queues" REFERENCING OLD TABLE AS before
  FOR EACH STATEMENT EXECUTE FUNCTION "pbx_dialled_things"('call centre queue');

-- Numbers that two things had before there was a rule belong to one of them.
INSERT INTO "dialled_numbers"
SELECT domain_id, number, kind, id FROM (
  SELECT domain_id, extension AS number, 'extension' AS kind, id FROM "extensions"
  UNION ALL SELECT domain_id, number_alias, 'alias', id FROM "extensions"
  UNION ALL SELECT domain_id, extension, 'ring group', id FROM "ring_groups"
  UNION ALL SELECT domain_id, extension, 'IVR menu', id FROM "ivr_menus"
  UNION ALL SELECT domain_id, extension, 'call centre queue', id FROM "call_centre_queues") n
WHERE domain_id IS NOT NULL AND number <> '' ON CONFLICT DO NOTHING;

-- Files outlive their rows for a moment only, whichever way the rows go.
CREATE FUNCTION "pbx_media_left"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "media_removals" ("stored_as") VALUES (OLD.stored_as);
  RETURN NULL;
END $$;

CREATE TRIGGER "pbx_media_deleted" AFTER DELETE ON "recordings"
  FOR EACH ROW WHEN (OLD.stored_as IS NOT NULL) EXECUTE FUNCTION "pbx_media_left"();
CREATE TRIGGER "pbx_media_replaced" AFTER UPDATE OF "stored_as" ON "recordings"
  FOR EACH ROW WHEN (OLD.stored_as IS DISTINCT FROM NEW.stored_as AND OLD.stored_as IS NOT NULL) EXECUTE FUNCTION "pbx_media_left"();
CREATE TRIGGER "pbx_media_deleted" AFTER DELETE ON "call_recordings"
  FOR EACH ROW WHEN (OLD.stored_as IS NOT NULL) EXECUTE FUNCTION "pbx_media_left"();
CREATE TRIGGER "pbx_media_replaced" AFTER UPDATE OF "stored_as" ON "call_recordings"
  FOR EACH ROW WHEN (OLD.stored_as IS DISTINCT FROM NEW.stored_as AND OLD.stored_as IS NOT NULL) EXECUTE FUNCTION "pbx_media_left"();
CREATE TRIGGER "pbx_media_deleted" AFTER DELETE ON "voicemail_greetings"
  FOR EACH ROW WHEN (OLD.stored_as IS NOT NULL) EXECUTE FUNCTION "pbx_media_left"();
CREATE TRIGGER "pbx_media_replaced" AFTER UPDATE OF "stored_as" ON "voicemail_greetings"
  FOR EACH ROW WHEN (OLD.stored_as IS DISTINCT FROM NEW.stored_as AND OLD.stored_as IS NOT NULL) EXECUTE FUNCTION "pbx_media_left"();
CREATE TRIGGER "pbx_media_deleted" AFTER DELETE ON "voicemail_messages"
  FOR EACH ROW WHEN (OLD.stored_as IS NOT NULL) EXECUTE FUNCTION "pbx_media_left"();
CREATE TRIGGER "pbx_media_replaced" AFTER UPDATE OF "stored_as" ON "voicemail_messages"
  FOR EACH ROW WHEN (OLD.stored_as IS DISTINCT FROM NEW.stored_as AND OLD.stored_as IS NOT NULL) EXECUTE FUNCTION "pbx_media_left"();
