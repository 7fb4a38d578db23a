ALTER TABLE "voicemail_messages"
  ADD COLUMN "on_switch" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "switch_name" VARCHAR(64),
  ADD COLUMN "switch_mailbox" VARCHAR(256),
  ADD COLUMN "switch_uuid" UUID,
  ADD COLUMN "switch_path" VARCHAR(512);

CREATE INDEX "voicemail_messages_switch_name_switch_mailbox_idx" ON "voicemail_messages"("switch_name", "switch_mailbox");

-- Tells one switch, as pbx_tell_switches does all.
CREATE FUNCTION pbx_tell_switch(name text, kind text, VARIADIC subject text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO switch_tasks (switch, kind, subject) SELECT s.name, $2, $3 FROM switches s WHERE s.name = $1;
  IF FOUND THEN PERFORM pg_notify('pbx_switch_tasks', ''); END IF;
END $$;

-- The switch that holds a message is told what becomes of it here, whoever does it, so that the lamp of the telephone
-- goes out. What the switch itself has told is no news to it: the reader of its mailboxes says so by pbx.told_by_switch.
CREATE FUNCTION pbx_voicemail_message_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE kind text;
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.status IS DISTINCT FROM OLD.status AND NEW.switch_uuid IS NOT NULL
    AND current_setting('pbx.told_by_switch', true) IS DISTINCT FROM 'on'
  THEN
    -- What is marked as deleted is kept, and where the switch alone has the audio it is kept there.
    kind := CASE WHEN NEW.status = 'new' THEN 'voicemail_unread'
      WHEN NEW.status = 'deleted' AND NEW.stored_as IS NOT NULL THEN 'voicemail_delete'
      WHEN OLD.status = 'new' THEN 'voicemail_read' END;
    IF kind IS NOT NULL THEN
      PERFORM pbx_tell_switch(NEW.switch_name, kind, split_part(NEW.switch_mailbox, '@', 1),
        split_part(NEW.switch_mailbox, '@', 2), NEW.switch_uuid::text);
    END IF;
    IF kind = 'voicemail_delete' THEN NEW.switch_uuid := NULL; END IF;
  END IF;
  NEW.on_switch := NEW.switch_uuid IS NOT NULL AND NEW.stored_as IS NULL;
  RETURN NEW;
END $$;

CREATE TRIGGER pbx_kept BEFORE INSERT OR UPDATE ON voicemail_messages FOR EACH ROW
  EXECUTE FUNCTION pbx_voicemail_message_kept();

CREATE FUNCTION pbx_voicemail_message_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pbx_tell_switch(OLD.switch_name, 'voicemail_delete', split_part(OLD.switch_mailbox, '@', 1),
    split_part(OLD.switch_mailbox, '@', 2), OLD.switch_uuid::text);
  RETURN NULL;
END $$;

CREATE TRIGGER pbx_gone AFTER DELETE ON voicemail_messages FOR EACH ROW
  WHEN (OLD.switch_uuid IS NOT NULL) EXECUTE FUNCTION pbx_voicemail_message_gone();
