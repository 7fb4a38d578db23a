-- Events that follow from what is written, whoever writes it.

-- New call records. Records of calls that ended long ago are brought over from elsewhere: no news.
CREATE FUNCTION "pbx_events_cdr_created"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "events" ("type", "domain_id", "extension_ids", "data")
  SELECT 'cdr.created', r.domain_id, CASE WHEN r.extension_id IS NULL THEN '{}' ELSE ARRAY[r.extension_id] END,
    jsonb_build_object('id', r.id, 'extension_id', r.extension_id, 'call_uuid', r.call_uuid, 'leg', r.leg,
      'direction', r.direction, 'caller_id_name', r.caller_id_name, 'caller_id_number', r.caller_id_number,
      'destination_number', r.destination_number, 'start_stamp', pbx_events_time(r.start_stamp),
      'answer_stamp', pbx_events_time(r.answer_stamp), 'end_stamp', pbx_events_time(r.end_stamp),
      'duration', r.duration, 'billsec', r.billsec, 'status', r.status, 'hangup_cause', r.hangup_cause,
      'missed_call', r.missed_call)
  FROM inserted r
  WHERE r.domain_id IS NOT NULL AND coalesce(r.end_stamp, r.start_stamp) > now() - interval '1 day';
  RETURN NULL;
END $$;

-- A time as the API writes it.
CREATE FUNCTION "pbx_events_time"("moment" timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT replace(to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z')
$$;

CREATE TRIGGER "pbx_events_cdr_created" AFTER INSERT ON "xml_cdrs" REFERENCING NEW TABLE AS inserted
  FOR EACH STATEMENT EXECUTE FUNCTION "pbx_events_cdr_created"();

-- What boxes hold, whenever that changes. A box is locked before its messages are counted, in a statement of its own,
-- so that of two that change it at once the second counts what the first has done.
CREATE FUNCTION "pbx_events_voicemail_counts"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  boxes uuid[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT array_agg(DISTINCT "voicemail_id") INTO boxes FROM after;
  ELSIF TG_OP = 'DELETE' THEN
    SELECT array_agg(DISTINCT "voicemail_id") INTO boxes FROM before;
  ELSE
    SELECT array_agg(DISTINCT box.id) INTO boxes FROM before b JOIN after a ON a.id = b.id
      CROSS JOIN LATERAL (VALUES (a.voicemail_id), (b.voicemail_id)) box(id)
      WHERE (a.voicemail_id, a.status, a.urgent) IS DISTINCT FROM (b.voicemail_id, b.status, b.urgent);
  END IF;
  PERFORM FROM "voicemails" WHERE "id" = ANY(boxes) ORDER BY "id" FOR NO KEY UPDATE;
  IF NOT FOUND THEN RETURN NULL; END IF;
  INSERT INTO "events" ("type", "domain_id", "extension_ids", "data")
  SELECT 'voicemail.counts', e.domain_id, ARRAY[e.id], jsonb_build_object('voicemail_id', v.id, 'extension_id', e.id,
      'extension', e.extension, 'new', c.new, 'read', c.read, 'saved', c.saved, 'urgent', c.urgent)
  FROM "voicemails" v JOIN "extensions" e ON e.id = v.extension_id
  CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE m.status = 'new') AS new,
      count(*) FILTER (WHERE m.status = 'read') AS read, count(*) FILTER (WHERE m.status = 'saved') AS saved,
      count(*) FILTER (WHERE m.status = 'new' AND m.urgent) AS urgent
    FROM "voicemail_messages" m WHERE m.voicemail_id = v.id) c
  WHERE v.id = ANY(boxes) AND e.domain_id IS NOT NULL ORDER BY v.id;
  RETURN NULL;
END $$;

CREATE TRIGGER "pbx_events_inserted" AFTER INSERT ON "voicemail_messages" REFERENCING NEW TABLE AS after
  FOR EACH STATEMENT EXECUTE FUNCTION "pbx_events_voicemail_counts"();
CREATE TRIGGER "pbx_events_updated" AFTER UPDATE ON "voicemail_messages" REFERENCING OLD TABLE AS before NEW TABLE AS after
  FOR EACH STATEMENT EXECUTE FUNCTION "pbx_events_voicemail_counts"();
CREATE TRIGGER "pbx_events_deleted" AFTER DELETE ON "voicemail_messages" REFERENCING OLD TABLE AS before
  FOR EACH STATEMENT EXECUTE FUNCTION "pbx_events_voicemail_counts"();
