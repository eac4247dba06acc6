-- The tables of part 1, as its own code made them.
CREATE TABLE cases (
	agency VARCHAR(64) NOT NULL, 
	number VARCHAR(64) NOT NULL, 
	kind VARCHAR(32) DEFAULT 'request' NOT NULL, 
	version INTEGER NOT NULL, 
	state VARCHAR(32) NOT NULL, 
	channel VARCHAR(32) NOT NULL, 
	"on" DATE NOT NULL, 
	received_on DATE, 
	reply_due_on DATE, 
	provisional BOOLEAN NOT NULL, 
	last_on DATE NOT NULL, 
	CONSTRAINT pk_cases PRIMARY KEY (agency, number), 
	CONSTRAINT uq_cases_number UNIQUE (number)
);
CREATE INDEX ix_cases_agency_state_reply_due_on ON cases (agency, state, reply_due_on);
CREATE TABLE counters (
	agency VARCHAR(64) NOT NULL, 
	series VARCHAR(48) NOT NULL, 
	year INTEGER NOT NULL, 
	n INTEGER NOT NULL, 
	imported INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_counters PRIMARY KEY (agency, series, year)
);
CREATE TABLE facts (
	agency VARCHAR(64) NOT NULL, 
	case_number VARCHAR(64) NOT NULL, 
	n INTEGER NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	"on" DATE NOT NULL, 
	recorded_at VARCHAR(40), 
	public TEXT NOT NULL, 
	personal TEXT, 
	CONSTRAINT pk_facts PRIMARY KEY (agency, case_number, n), 
	CONSTRAINT fk_facts_cases FOREIGN KEY(agency, case_number) REFERENCES cases (agency, number), 
	CONSTRAINT ck_facts_n_from_1 CHECK (n >= 1)
);
CREATE TABLE reasons (
	agency VARCHAR(64) NOT NULL, 
	reason TEXT NOT NULL, 
	case_number VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_reasons PRIMARY KEY (agency, reason, case_number), 
	CONSTRAINT fk_reasons_cases FOREIGN KEY(agency, case_number) REFERENCES cases (agency, number)
);
CREATE TABLE papers (
	agency VARCHAR(64) NOT NULL, 
	case_number VARCHAR(64) NOT NULL, 
	fact INTEGER NOT NULL, 
	place INTEGER NOT NULL, 
	kind VARCHAR(48) NOT NULL, 
	form VARCHAR(96) DEFAULT '' NOT NULL, 
	title TEXT NOT NULL, 
	"on" DATE NOT NULL, 
	series VARCHAR(48), 
	year INTEGER, 
	n INTEGER, 
	number VARCHAR(96), 
	check_code VARCHAR(32), 
	text TEXT NOT NULL, 
	docx BLOB NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	void_on DATE, 
	void_reason TEXT, 
	CONSTRAINT pk_papers PRIMARY KEY (agency, case_number, fact, place), 
	CONSTRAINT fk_papers_facts FOREIGN KEY(agency, case_number, fact) REFERENCES facts (agency, case_number, n), 
	CONSTRAINT uq_papers_agency_series_year_n UNIQUE (agency, series, year, n), 
	CONSTRAINT uq_papers_agency_number UNIQUE (agency, number)
);
CREATE INDEX ix_papers_sha256 ON papers (sha256);
CREATE INDEX ix_papers_check_code ON papers (check_code);
CREATE TABLE commands (
	command_id VARCHAR(96) NOT NULL, 
	agency VARCHAR(64) NOT NULL, 
	case_number VARCHAR(64) NOT NULL, 
	fact INTEGER NOT NULL, 
	asked VARCHAR(64) NOT NULL, 
	answer TEXT NOT NULL, 
	CONSTRAINT pk_commands PRIMARY KEY (command_id), 
	CONSTRAINT fk_commands_facts FOREIGN KEY(agency, case_number, fact) REFERENCES facts (agency, case_number, n)
);
