-- Why a leg ended, and which side ended it.
ALTER TABLE "call_timeline" ADD COLUMN "hangup_cause" VARCHAR(64), ADD COLUMN "hangup_disposition" VARCHAR(32);
