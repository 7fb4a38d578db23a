-- CreateTable
CREATE TABLE "clicked_calls" (
    "id" UUID NOT NULL,
    "user_id" INTEGER NOT NULL,
    "domain_id" UUID NOT NULL,
    "extension_id" UUID NOT NULL,
    "extension" VARCHAR(32) NOT NULL,
    "host" VARCHAR(128) NOT NULL,
    "dest" VARCHAR(128) NOT NULL,
    "status" VARCHAR(16) NOT NULL DEFAULT 'dialling',
    "cause" VARCHAR(128),
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "clicked_calls_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "clicked_calls_created_idx" ON "clicked_calls"("created");
