-- The tables of Rollcall as `face_recog_server.py db upgrade` makes them on MySQL 8.0+ and MariaDB 10.6+.
-- Either run that, or load this file into an empty database whose character set is utf8mb4; then `serve` starts on it.
-- A change belongs into sql/migrations first; a test holds this file equal to what they make.
--
-- Text is compared by code point (utf8mb4_bin): ea0017_1 and EA0017_1 are two courses. That collation ignores spaces at
-- the end, so identifiers never begin or end with white space: the program refuses them.
-- Times are UTC, to the microsecond; days are the campus's calendar days.

-- A student by number, which is opaque text: nine digits on the old wire, up to 32 characters elsewhere.
CREATE TABLE students (
  number VARCHAR(32) NOT NULL,
  name VARCHAR(200) NOT NULL,
  PRIMARY KEY (number)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Classrooms.
CREATE TABLE rooms (
  id INT NOT NULL AUTO_INCREMENT,
  name VARCHAR(100) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY uq_rooms_name (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- A course by its code. title: as its roster says it, for plans without one.
CREATE TABLE courses (
  code VARCHAR(32) NOT NULL,
  title VARCHAR(200) NOT NULL DEFAULT '',
  PRIMARY KEY (code)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- How a course is held from the day `begins` until the next of its plans begins. plan: JSON with timetable and rules, as
-- `course set` made it; NULL: none. 1970-01-01: from ever. set_at: NULL where it is from before this was kept.
CREATE TABLE plans (
  course VARCHAR(32) NOT NULL,
  begins DATE NOT NULL,
  title VARCHAR(200) NOT NULL DEFAULT '',
  room INT DEFAULT NULL,
  plan MEDIUMTEXT,
  set_at DATETIME(6) DEFAULT NULL,
  set_by VARCHAR(100) NOT NULL DEFAULT '',
  PRIMARY KEY (course, begins),
  KEY ix_plans_room (room),
  CONSTRAINT fk_plans_course FOREIGN KEY (course) REFERENCES courses (code),
  CONSTRAINT fk_plans_room FOREIGN KEY (room) REFERENCES rooms (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Who takes which course: from the day `begins` until before the day `ends`; NULL: until the term is over in which it
-- begins. 1970-01-01: not known since when. moved_from: the course whose hours before `begins` came along.
CREATE TABLE enrolments (
  course VARCHAR(32) NOT NULL,
  student VARCHAR(32) NOT NULL,
  begins DATE NOT NULL,
  ends DATE DEFAULT NULL,
  moved_from VARCHAR(32) DEFAULT NULL,
  PRIMARY KEY (course, student, begins),
  KEY ix_enrolments_student (student),
  KEY ix_enrolments_moved_from (moved_from),
  CONSTRAINT fk_enrolments_course FOREIGN KEY (course) REFERENCES courses (code),
  CONSTRAINT fk_enrolments_moved_from FOREIGN KEY (moved_from) REFERENCES courses (code),
  CONSTRAINT fk_enrolments_student FOREIGN KEY (student) REFERENCES students (number)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- A course's meeting on one campus day. state: draft, submitted, closed; submitted counts as closed from `closes_at` on
-- (NULL: never), and a draft past it as not taken. makeup: a class held on another day (보강).
-- opened_at: NULL of sessions from before this was kept. changed_at: of the last change of state (NULL: none).
CREATE TABLE sessions (
  id INT NOT NULL AUTO_INCREMENT,
  course VARCHAR(32) NOT NULL,
  day DATE NOT NULL,
  makeup TINYINT(1) NOT NULL DEFAULT '0',
  closes_at DATETIME(6) DEFAULT NULL,
  opened_at DATETIME(6) DEFAULT NULL,
  opened_by VARCHAR(100) NOT NULL DEFAULT '',
  changed_at DATETIME(6) DEFAULT NULL,
  changed_by VARCHAR(100) NOT NULL DEFAULT '',
  state VARCHAR(16) NOT NULL DEFAULT 'draft',
  PRIMARY KEY (id),
  UNIQUE KEY uq_sessions_course_day (course, day),
  KEY ix_sessions_day (day),
  CONSTRAINT fk_sessions_course FOREIGN KEY (course) REFERENCES courses (code)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Every change of a session's state; nothing here is changed or removed.
CREATE TABLE session_history (
  id BIGINT NOT NULL AUTO_INCREMENT,
  session INT NOT NULL,
  old_state VARCHAR(16) NOT NULL,
  new_state VARCHAR(16) NOT NULL,
  changed_at DATETIME(6) NOT NULL,
  who VARCHAR(100) NOT NULL,
  why VARCHAR(500) NOT NULL DEFAULT '',
  origin VARCHAR(160) NOT NULL DEFAULT '',
  PRIMARY KEY (id),
  KEY ix_session_history_session (session),
  CONSTRAINT fk_session_history_session FOREIGN KEY (session) REFERENCES sessions (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The class hours (교시) of a session, numbered from 1. starts_at, ends_at: NULL without a timetable.
CREATE TABLE hours (
  id INT NOT NULL AUTO_INCREMENT,
  session INT NOT NULL,
  number SMALLINT NOT NULL,
  starts_at DATETIME(6) DEFAULT NULL,
  ends_at DATETIME(6) DEFAULT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY uq_hours_session_number (session, number),
  CONSTRAINT fk_hours_session FOREIGN KEY (session) REFERENCES sessions (id),
  CONSTRAINT ck_hours_number CHECK (number BETWEEN 1 AND 24)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What stands: one state a student and hour. The decision made later replaces an earlier one, whatever came first; what
-- a person confirmed of the camera's proposals (source camera) never replaces what somebody decided otherwise, and what
-- was copied from the hour before (source copied) neither of them.
-- state: present, late, left_early, absent, excused, excused_absence, not_taken, not_visible.
-- source: camera, professor, roll_call, import, legacy, copied.
CREATE TABLE marks (
  hour INT NOT NULL,
  student VARCHAR(32) NOT NULL,
  state VARCHAR(16) NOT NULL,
  decided_at DATETIME(6) NOT NULL,
  recorded_at DATETIME(6) NOT NULL,
  who VARCHAR(100) NOT NULL,
  source VARCHAR(16) NOT NULL,
  why VARCHAR(500) NOT NULL DEFAULT '',
  PRIMARY KEY (hour, student),
  KEY ix_marks_student (student),
  CONSTRAINT fk_marks_hour FOREIGN KEY (hour) REFERENCES hours (id),
  CONSTRAINT fk_marks_student FOREIGN KEY (student) REFERENCES students (number)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Every decision that ever came, also those that did not stand; nothing here is changed or removed.
-- old_state: what stood before it (NULL: nothing). stood: whether it took over.
CREATE TABLE mark_history (
  id BIGINT NOT NULL AUTO_INCREMENT,
  hour INT NOT NULL,
  student VARCHAR(32) NOT NULL,
  old_state VARCHAR(16) DEFAULT NULL,
  new_state VARCHAR(16) NOT NULL,
  stood TINYINT(1) NOT NULL,
  decided_at DATETIME(6) NOT NULL,
  recorded_at DATETIME(6) NOT NULL,
  who VARCHAR(100) NOT NULL,
  why VARCHAR(500) NOT NULL DEFAULT '',
  source VARCHAR(16) NOT NULL,
  origin VARCHAR(160) NOT NULL DEFAULT '',
  PRIMARY KEY (id),
  KEY ix_mark_history_hour (hour),
  KEY ix_mark_history_student (student),
  CONSTRAINT fk_mark_history_hour FOREIGN KEY (hour) REFERENCES hours (id),
  CONSTRAINT fk_mark_history_student FOREIGN KEY (student) REFERENCES students (number)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Answers by the key that a client chose, kept 180 days: the same key again gets the same answer.
-- Bytes, because text would be compared with padding. answer: JSON.
CREATE TABLE idempotency_keys (
  token VARBINARY(256) NOT NULL,
  digest VARBINARY(64) NOT NULL,
  answer MEDIUMTEXT NOT NULL,
  recorded_at DATETIME(6) NOT NULL,
  PRIMARY KEY (token),
  KEY ix_idempotency_keys_recorded_at (recorded_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What the camera proposed for a student in an hour, as it was when somebody asked to keep it. Never a mark by itself.
-- sure: may be confirmed unseen. seen, looks: pictures that show the student, of so many of the hour.
CREATE TABLE proposals (
  hour INT NOT NULL,
  student VARCHAR(32) NOT NULL,
  state VARCHAR(16) NOT NULL,
  sure TINYINT(1) NOT NULL,
  reason VARCHAR(16) NOT NULL,
  first_seen DATETIME(6) DEFAULT NULL,
  last_seen DATETIME(6) DEFAULT NULL,
  seen INT NOT NULL,
  looks INT NOT NULL,
  minutes_late INT DEFAULT NULL,
  probability DOUBLE DEFAULT NULL,
  proposed_at DATETIME(6) NOT NULL,
  PRIMARY KEY (hour, student),
  KEY ix_proposals_student (student),
  CONSTRAINT fk_proposals_hour FOREIGN KEY (hour) REFERENCES hours (id),
  CONSTRAINT fk_proposals_student FOREIGN KEY (student) REFERENCES students (number)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Recorded pictures: when, where, how many faces. The pictures themselves are kept nowhere. width, height: 0: not known.
-- Removed after `sightings_days`.
CREATE TABLE pictures (
  id BIGINT NOT NULL AUTO_INCREMENT,
  course VARCHAR(32) NOT NULL,
  day DATE NOT NULL,
  hour SMALLINT NOT NULL,
  taken_at DATETIME(6) NOT NULL,
  device VARCHAR(100) NOT NULL,
  faces INT NOT NULL,
  width INT NOT NULL,
  height INT NOT NULL,
  recorded_at DATETIME(6) NOT NULL,
  faces_taken INT,
  PRIMARY KEY (id),
  UNIQUE KEY uq_pictures_course_device_taken_at (course, device, taken_at),
  KEY ix_pictures_course_day (course, day),
  KEY ix_pictures_taken_at (taken_at),
  CONSTRAINT fk_pictures_course FOREIGN KEY (course) REFERENCES courses (code)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Faces of pictures that may be a student's; strangers are never kept. box: pixels of the picture. candidates: JSON, a
-- list of student and distance. sealed: the embedding, sealed as in templates; NULL: not kept. sealed_points: five
-- landmarks and how much of a frame is around the face, likewise; kept only where the setting `held_up` says so.
-- Removed with their picture, and by `erase`.
CREATE TABLE sightings (
  id BIGINT NOT NULL AUTO_INCREMENT,
  picture BIGINT NOT NULL,
  student VARCHAR(32) NOT NULL,
  verdict VARCHAR(16) NOT NULL,
  probability DOUBLE DEFAULT NULL,
  candidates VARCHAR(500) NOT NULL,
  box_left INT NOT NULL,
  box_top INT NOT NULL,
  box_right INT NOT NULL,
  box_bottom INT NOT NULL,
  model_id VARCHAR(128) NOT NULL,
  sealed VARBINARY(8192) DEFAULT NULL,
  sealed_points VARBINARY(128) DEFAULT NULL,
  PRIMARY KEY (id),
  KEY ix_sightings_picture (picture),
  KEY ix_sightings_student (student),
  CONSTRAINT fk_sightings_picture FOREIGN KEY (picture) REFERENCES pictures (id),
  CONSTRAINT fk_sightings_student FOREIGN KEY (student) REFERENCES students (number)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- By how much a course's threshold is shifted for one model, and from how many students and sightings that is known.
CREATE TABLE calibrations (
  course VARCHAR(32) NOT NULL,
  model_id VARCHAR(128) NOT NULL,
  shift DOUBLE NOT NULL,
  students INT NOT NULL,
  sightings INT NOT NULL,
  calibrated_at DATETIME(6) NOT NULL,
  who VARCHAR(100) NOT NULL,
  PRIMARY KEY (course, model_id),
  CONSTRAINT fk_calibrations_course FOREIGN KEY (course) REFERENCES courses (code)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Terms; both days are included, here and below.
CREATE TABLE terms (
  name VARCHAR(100) NOT NULL,
  begins DATE NOT NULL,
  ends DATE NOT NULL,
  PRIMARY KEY (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Days without class. course: '' for every course; no foreign key, for a calendar may come before the rosters.
CREATE TABLE holidays (
  id INT NOT NULL AUTO_INCREMENT,
  begins DATE NOT NULL,
  ends DATE NOT NULL,
  name VARCHAR(100) NOT NULL,
  course VARCHAR(32) NOT NULL DEFAULT '',
  PRIMARY KEY (id),
  KEY ix_holidays_begins (begins)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Days that follow the timetable of another weekday (0: Monday). course: '' for every course.
CREATE TABLE makeups (
  day DATE NOT NULL,
  course VARCHAR(32) NOT NULL DEFAULT '',
  weekday SMALLINT NOT NULL,
  name VARCHAR(100) NOT NULL,
  PRIMARY KEY (day, course)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The embeddings of a photograph by one model, of all face sizes, sealed with AES-256-GCM: nonce (12 bytes),
-- ciphertext, tag (16 bytes).
-- The key is in a file outside the database. No foreign key: photographs may come before the roster.
CREATE TABLE templates (
  id INT NOT NULL AUTO_INCREMENT,
  student VARCHAR(32) NOT NULL,
  photo_sha256 VARBINARY(32) NOT NULL,
  model_id VARCHAR(128) NOT NULL,
  photo_name VARCHAR(512) NOT NULL,
  sealed VARBINARY(32768) NOT NULL,
  enrolled_at DATETIME(6) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY uq_templates_student_photo_sha256_model_id (student, photo_sha256, model_id),
  KEY ix_templates_photo_sha256 (photo_sha256)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Photographs that were not taken, and why, so that they are not looked at again. model_id 'destroyed': one that was taken
-- and then destroyed, as keep_photographs wants it.
CREATE TABLE photo_verdicts (
  photo_sha256 VARBINARY(32) NOT NULL,
  model_id VARCHAR(128) NOT NULL,
  student VARCHAR(32) NOT NULL DEFAULT '',
  reason VARCHAR(500) NOT NULL,
  judged_at DATETIME(6) NOT NULL,
  PRIMARY KEY (photo_sha256, model_id),
  KEY ix_photo_verdicts_student (student)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Students whose traces were erased: their photographs are refused until somebody permits them again.
CREATE TABLE erasures (
  student VARCHAR(32) NOT NULL,
  erased_at DATETIME(6) NOT NULL,
  who VARCHAR(100) NOT NULL,
  PRIMARY KEY (student)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- template_revision grows with every change to the templates.
CREATE TABLE counters (
  name VARCHAR(64) NOT NULL,
  value BIGINT NOT NULL,
  PRIMARY KEY (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO counters (name, value) VALUES ('template_revision', 0);

-- Numbers and codes that the upgrade gave their one form, and students who were joined to another.
CREATE TABLE renamings (
  id INT NOT NULL AUTO_INCREMENT,
  kind VARCHAR(16) NOT NULL,
  old VARCHAR(32) NOT NULL,
  new VARCHAR(32) NOT NULL,
  who VARCHAR(100) NOT NULL,
  renamed_at DATETIME(6) NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- A constant sealed with the templates' key: tells a wrong key before anything is done with it. `templates` is the first
-- key's, `templates 2` the second's; while the key is changed there are two. What a key sealed begins with its number.
CREATE TABLE key_checks (
  name VARCHAR(64) NOT NULL,
  sealed VARBINARY(128) NOT NULL,
  PRIMARY KEY (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Cameras and PCs that speak to the server. registered_at: when `device add` gave it a token; NULL: only a course's file
-- names it.
CREATE TABLE devices (
  id INT NOT NULL AUTO_INCREMENT,
  name VARCHAR(100) NOT NULL,
  room INT DEFAULT NULL,
  added_at DATETIME(6) NOT NULL,
  registered_at DATETIME(6) DEFAULT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY uq_devices_name (name),
  KEY ix_devices_room (room),
  CONSTRAINT fk_devices_room FOREIGN KEY (room) REFERENCES rooms (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- People with an account. role: member (no right everywhere), office, admin, privacy_officer. student: their number, of a
-- student's account. failures: wrong passwords in a row. letter_keys: whether single letters are keys on the pages.
CREATE TABLE users (
  id INT NOT NULL AUTO_INCREMENT,
  name VARCHAR(100) NOT NULL,
  full_name VARCHAR(200) NOT NULL DEFAULT '',
  role VARCHAR(16) NOT NULL,
  password_hash VARCHAR(256) DEFAULT NULL,
  added_at DATETIME(6) NOT NULL,
  student VARCHAR(32) DEFAULT NULL,
  disabled_at DATETIME(6) DEFAULT NULL,
  failures INT NOT NULL DEFAULT '0',
  locked_until DATETIME(6) DEFAULT NULL,
  email VARCHAR(254) NOT NULL DEFAULT '',
  email_refused_at DATETIME(6) DEFAULT NULL,
  language VARCHAR(8) NOT NULL DEFAULT '',
  notices TINYINT(1) NOT NULL DEFAULT '1',
  letter_keys TINYINT(1) NOT NULL DEFAULT '1',
  PRIMARY KEY (id),
  UNIQUE KEY uq_users_name (name),
  KEY ix_users_student (student)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Who teaches a course, from the day `begins` until before the day `ends`, or open. role: professor, assistant.
-- grants: what an assistant may beyond looking: mark, submit, roster.
CREATE TABLE course_staff (
  id INT NOT NULL AUTO_INCREMENT,
  course VARCHAR(32) NOT NULL,
  user INT NOT NULL,
  role VARCHAR(16) NOT NULL,
  grants VARCHAR(64) NOT NULL DEFAULT '',
  begins DATE NOT NULL,
  ends DATE DEFAULT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY uq_course_staff_course_user_begins (course, user, begins),
  KEY ix_course_staff_user (user),
  CONSTRAINT fk_course_staff_course FOREIGN KEY (course) REFERENCES courses (code),
  CONSTRAINT fk_course_staff_user FOREIGN KEY (user) REFERENCES users (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Who was given which right, or lost it, and by whom; nothing here is changed. course: '' for a right everywhere.
CREATE TABLE role_history (
  id BIGINT NOT NULL AUTO_INCREMENT,
  changed_at DATETIME(6) NOT NULL,
  who VARCHAR(100) NOT NULL,
  user VARCHAR(100) NOT NULL,
  course VARCHAR(32) NOT NULL DEFAULT '',
  old_rights VARCHAR(100) NOT NULL,
  new_rights VARCHAR(100) NOT NULL,
  PRIMARY KEY (id),
  KEY ix_role_history_changed_at (changed_at),
  KEY ix_role_history_user (user)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- People who are signed in to the pages. token_hash: SHA-256 of the cookie's token. lectern: on a PC that others use.
CREATE TABLE web_sessions (
  id INT NOT NULL AUTO_INCREMENT,
  token_hash VARBINARY(32) NOT NULL,
  user INT NOT NULL,
  lectern TINYINT(1) NOT NULL,
  created_at DATETIME(6) NOT NULL,
  seen_at DATETIME(6) NOT NULL,
  expires_at DATETIME(6) NOT NULL,
  address VARCHAR(64) NOT NULL DEFAULT '',
  agent VARCHAR(200) NOT NULL DEFAULT '',
  idp_sid VARCHAR(200) NOT NULL DEFAULT '',
  PRIMARY KEY (id),
  UNIQUE KEY uq_web_sessions_token_hash (token_hash),
  KEY ix_web_sessions_user (user),
  KEY ix_web_sessions_expires_at (expires_at),
  KEY ix_web_sessions_idp_sid (idp_sid),
  CONSTRAINT fk_web_sessions_user FOREIGN KEY (user) REFERENCES users (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Tokens of devices, and of people on a classroom's window (kind pairing). hash: SHA-256 of 256 random bits.
CREATE TABLE tokens (
  id INT NOT NULL AUTO_INCREMENT,
  kind VARCHAR(16) NOT NULL,
  hash VARBINARY(32) NOT NULL,
  device INT DEFAULT NULL,
  user INT DEFAULT NULL,
  created_at DATETIME(6) NOT NULL,
  expires_at DATETIME(6) DEFAULT NULL,
  last_used_at DATETIME(6) DEFAULT NULL,
  revoked_at DATETIME(6) DEFAULT NULL,
  revoked_by VARCHAR(100) NOT NULL DEFAULT '',
  PRIMARY KEY (id),
  KEY ix_tokens_device (device),
  KEY ix_tokens_user (user),
  CONSTRAINT fk_tokens_device FOREIGN KEY (device) REFERENCES devices (id),
  CONSTRAINT fk_tokens_user FOREIGN KEY (user) REFERENCES users (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Windows that ask who stands before them, for some minutes. user: who approved it; token: what they were given.
CREATE TABLE pairings (
  id INT NOT NULL AUTO_INCREMENT,
  code VARCHAR(16) NOT NULL,
  secret_hash VARBINARY(32) NOT NULL,
  device INT NOT NULL,
  address VARCHAR(64) NOT NULL,
  created_at DATETIME(6) NOT NULL,
  expires_at DATETIME(6) NOT NULL,
  user INT DEFAULT NULL,
  token_expires_at DATETIME(6) DEFAULT NULL,
  token INT DEFAULT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY uq_pairings_code (code),
  UNIQUE KEY uq_pairings_secret_hash (secret_hash),
  KEY ix_pairings_device (device),
  KEY ix_pairings_expires_at (expires_at),
  KEY ix_pairings_user (user),
  KEY ix_pairings_token (token),
  CONSTRAINT fk_pairings_device FOREIGN KEY (device) REFERENCES devices (id),
  CONSTRAINT fk_pairings_user FOREIGN KEY (user) REFERENCES users (id),
  CONSTRAINT fk_pairings_token FOREIGN KEY (token) REFERENCES tokens (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Sign-ins by an identity provider that have begun: ten minutes at most.
CREATE TABLE logins (
  id INT NOT NULL AUTO_INCREMENT,
  state_hash VARBINARY(32) NOT NULL,
  browser_hash VARBINARY(32) NOT NULL,
  nonce VARCHAR(64) NOT NULL,
  verifier VARCHAR(64) NOT NULL,
  following VARCHAR(500) NOT NULL,
  expires_at DATETIME(6) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY uq_logins_state_hash (state_hash),
  KEY ix_logins_expires_at (expires_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Whom an identity provider knows by which number.
CREATE TABLE identities (
  id INT NOT NULL AUTO_INCREMENT,
  issuer VARCHAR(200) NOT NULL,
  subject VARCHAR(255) NOT NULL,
  user INT NOT NULL,
  added_at DATETIME(6) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY uq_identities_issuer_subject (issuer, subject),
  KEY ix_identities_user (user),
  CONSTRAINT fk_identities_user FOREIGN KEY (user) REFERENCES users (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Tokens of identity providers that count once, until they have run out.
CREATE TABLE spent_tokens (
  hash VARBINARY(32) NOT NULL,
  expires_at DATETIME(6) NOT NULL,
  PRIMARY KEY (hash),
  KEY ix_spent_tokens_expires_at (expires_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Where a learning platform answers who is on a course's list, as its last launch said.
CREATE TABLE course_places (
  course VARCHAR(32) NOT NULL,
  platform VARCHAR(401) NOT NULL,
  url VARCHAR(1000) NOT NULL,
  link VARCHAR(255) NOT NULL DEFAULT '',
  launched_at DATETIME(6) NOT NULL,
  PRIMARY KEY (course),
  CONSTRAINT fk_course_places_course FOREIGN KEY (course) REFERENCES courses (code)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What a student agreed to or withdrew, each time anew.
CREATE TABLE consents (
  id BIGINT NOT NULL AUTO_INCREMENT,
  student VARCHAR(32) NOT NULL,
  purpose VARCHAR(64) NOT NULL,
  given TINYINT(1) NOT NULL,
  decided_at DATETIME(6) NOT NULL,
  who VARCHAR(100) NOT NULL,
  text_version VARCHAR(16) NOT NULL DEFAULT '',
  language VARCHAR(8) NOT NULL DEFAULT '',
  channel VARCHAR(16) NOT NULL DEFAULT 'paper',
  receipt MEDIUMTEXT DEFAULT NULL,
  PRIMARY KEY (id),
  KEY ix_consents_student (student)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The texts that students were shown before they decided, each as it stood.
CREATE TABLE consent_texts (
  purpose VARCHAR(64) NOT NULL,
  version VARCHAR(16) NOT NULL,
  language VARCHAR(8) NOT NULL,
  sha256 VARBINARY(32) NOT NULL,
  text MEDIUMTEXT NOT NULL,
  first_shown_at DATETIME(6) NOT NULL,
  PRIMARY KEY (purpose, version, language, sha256)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What students ask a person to look at again: an hour, until when it is answered, what was prepared, and the answer.
CREATE TABLE appeals (
  id BIGINT NOT NULL AUTO_INCREMENT,
  student VARCHAR(32) NOT NULL,
  course VARCHAR(32) NOT NULL,
  day DATE NOT NULL,
  hour SMALLINT NOT NULL,
  filed_at DATETIME(6) NOT NULL,
  due_at DATETIME(6) NOT NULL,
  text MEDIUMTEXT NOT NULL,
  state VARCHAR(16) NOT NULL DEFAULT 'open',
  note MEDIUMTEXT DEFAULT NULL,
  noted_by VARCHAR(100) NOT NULL DEFAULT '',
  answer MEDIUMTEXT DEFAULT NULL,
  answered_by VARCHAR(100) NOT NULL DEFAULT '',
  answered_at DATETIME(6) DEFAULT NULL,
  PRIMARY KEY (id),
  KEY ix_appeals_student (student),
  KEY ix_appeals_course_state (course, state),
  CONSTRAINT fk_appeals_student FOREIGN KEY (student) REFERENCES students (number),
  CONSTRAINT fk_appeals_course FOREIGN KEY (course) REFERENCES courses (code)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What students ask to be an official absence. sealed_proof: destroyed some time after the answer.
CREATE TABLE absences (
  id BIGINT NOT NULL AUTO_INCREMENT,
  student VARCHAR(32) NOT NULL,
  course VARCHAR(32) NOT NULL,
  begins DATE NOT NULL,
  ends DATE NOT NULL,
  reason MEDIUMTEXT NOT NULL,
  filed_at DATETIME(6) NOT NULL,
  sealed_proof MEDIUMBLOB DEFAULT NULL,
  proof_type VARCHAR(64) NOT NULL DEFAULT '',
  proof_destroyed_at DATETIME(6) DEFAULT NULL,
  state VARCHAR(16) NOT NULL DEFAULT 'open',
  answer MEDIUMTEXT DEFAULT NULL,
  answered_by VARCHAR(100) NOT NULL DEFAULT '',
  answered_at DATETIME(6) DEFAULT NULL,
  PRIMARY KEY (id),
  KEY ix_absences_student (student),
  KEY ix_absences_course_state (course, state),
  CONSTRAINT fk_absences_student FOREIGN KEY (student) REFERENCES students (number),
  CONSTRAINT fk_absences_course FOREIGN KEY (course) REFERENCES courses (code)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Mails with notices, at most one a day to an account. state: waiting, handing (the mail server is being given it), sent,
-- refused, given_up. held_until: until then a server process is at it. message_id stays the same at every try.
CREATE TABLE mails (
  id BIGINT NOT NULL AUTO_INCREMENT,
  user INT NOT NULL,
  day DATE NOT NULL,
  made_at DATETIME(6) NOT NULL,
  message_id VARCHAR(200) NOT NULL,
  state VARCHAR(16) NOT NULL DEFAULT 'waiting',
  attempts INT NOT NULL DEFAULT '0',
  due_at DATETIME(6) NOT NULL,
  held_until DATETIME(6) DEFAULT NULL,
  settled_at DATETIME(6) DEFAULT NULL,
  problem VARCHAR(500) NOT NULL DEFAULT '',
  PRIMARY KEY (id),
  UNIQUE KEY uq_mails_user_day (user, day),
  KEY ix_mails_state_due_at (state, due_at),
  CONSTRAINT fk_mails_user FOREIGN KEY (user) REFERENCES users (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What those mails tell. about: what it is about, so that an account is told once; blanks: JSON, for its sentence.
CREATE TABLE notices (
  id BIGINT NOT NULL AUTO_INCREMENT,
  mail BIGINT NOT NULL,
  user INT NOT NULL,
  kind VARCHAR(16) NOT NULL,
  about VARCHAR(200) NOT NULL,
  blanks MEDIUMTEXT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY uq_notices_user_kind_about (user, kind, about),
  KEY ix_notices_mail (mail),
  CONSTRAINT fk_notices_mail FOREIGN KEY (mail) REFERENCES mails (id),
  CONSTRAINT fk_notices_user FOREIGN KEY (user) REFERENCES users (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Zones of rooms' pictures that are never looked at. points: JSON, in parts of the picture's sides; camera '': every one.
CREATE TABLE zones (
  id INT NOT NULL AUTO_INCREMENT,
  room INT NOT NULL,
  camera VARCHAR(100) NOT NULL DEFAULT '',
  points VARCHAR(1000) NOT NULL,
  added_at DATETIME(6) NOT NULL,
  PRIMARY KEY (id),
  KEY ix_zones_room (room),
  CONSTRAINT fk_zones_room FOREIGN KEY (room) REFERENCES rooms (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Faces of which somebody said that they are not this student's, in a class of that day and hour. ends: the last day on
-- which that holds; sealed: the face, encrypted as templates are, comparable by that model only.
CREATE TABLE vetoes (
  id BIGINT NOT NULL AUTO_INCREMENT,
  course VARCHAR(32) NOT NULL,
  student VARCHAR(32) NOT NULL,
  day DATE NOT NULL,
  hour SMALLINT NOT NULL,
  made_at DATETIME(6) NOT NULL,
  who VARCHAR(100) NOT NULL,
  ends DATE NOT NULL,
  model_id VARCHAR(128) NOT NULL,
  sealed VARBINARY(8192) DEFAULT NULL,
  PRIMARY KEY (id),
  KEY ix_vetoes_student (student),
  KEY ix_vetoes_course_model_id (course, model_id),
  CONSTRAINT fk_vetoes_course FOREIGN KEY (course) REFERENCES courses (code),
  CONSTRAINT fk_vetoes_student FOREIGN KEY (student) REFERENCES students (number)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- A day of one server process in the access log: how many lines it has, the hash of the last, and how many of them
-- another chain holds by a line of its own.
CREATE TABLE access_chains (
  id INT NOT NULL AUTO_INCREMENT,
  writer VARCHAR(64) NOT NULL,
  day DATE NOT NULL,
  length INT NOT NULL,
  head VARBINARY(32) NOT NULL,
  closed INT NOT NULL DEFAULT '0',
  PRIMARY KEY (id),
  UNIQUE KEY uq_access_chains_writer_day (writer, day),
  KEY ix_access_chains_day (day)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Who did what to whose data, from where and why; nothing here is changed. subject: of one student, by subject_keys;
-- subjects: how many were shown. hash: SHA-256 of the line and of the hash before it in its chain; NULL: from before
-- that was kept.
CREATE TABLE access_log (
  id BIGINT NOT NULL AUTO_INCREMENT,
  happened_at DATETIME(6) NOT NULL,
  who VARCHAR(100) NOT NULL,
  action VARCHAR(64) NOT NULL,
  subject VARCHAR(64) NOT NULL DEFAULT '',
  detail VARCHAR(1000) NOT NULL DEFAULT '',
  address VARCHAR(64) NOT NULL DEFAULT '',
  device VARCHAR(100) NOT NULL DEFAULT '',
  course VARCHAR(32) NOT NULL DEFAULT '',
  subjects INT NOT NULL DEFAULT '0',
  why VARCHAR(500) NOT NULL DEFAULT '',
  chain INT DEFAULT NULL,
  number INT DEFAULT NULL,
  hash VARBINARY(32) DEFAULT NULL,
  PRIMARY KEY (id),
  KEY ix_access_log_happened_at (happened_at),
  KEY ix_access_log_subject (subject),
  KEY ix_access_log_chain_number (chain, number),
  CONSTRAINT fk_access_log_chain FOREIGN KEY (chain) REFERENCES access_chains (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- By which the access log names a student (HMAC-SHA-256 of the number); it goes with an erasure.
CREATE TABLE subject_keys (
  student VARCHAR(32) NOT NULL,
  secret VARBINARY(32) NOT NULL,
  PRIMARY KEY (student)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- When each duty of the server ran last, by its clock.
CREATE TABLE duties (
  name VARCHAR(64) NOT NULL,
  ran_at DATETIME(6) NOT NULL,
  PRIMARY KEY (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The step of the server's clock, in seconds, for which nothing is forgotten now, and how long it was waited for since.
CREATE TABLE clock_steps (
  name VARCHAR(64) NOT NULL,
  by_s DOUBLE NOT NULL,
  noticed_at DATETIME(6) NOT NULL,
  waited_s DOUBLE NOT NULL,
  PRIMARY KEY (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Records that cannot be read, out of the way of those that can. source: their table; record: their key there; sealed:
-- the row as it was, and those that referred to it, encrypted as templates are.
CREATE TABLE set_aside (
  id BIGINT NOT NULL AUTO_INCREMENT,
  source VARCHAR(64) NOT NULL,
  record VARCHAR(600) NOT NULL,
  student VARCHAR(32) NOT NULL DEFAULT '',
  sealed MEDIUMBLOB NOT NULL,
  set_aside_at DATETIME(6) NOT NULL,
  who VARCHAR(100) NOT NULL,
  PRIMARY KEY (id),
  KEY ix_set_aside_student (student)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- For an office's own reports: views to read, whose columns stay what they are when the tables change. Give an account
-- of the office SELECT on these four and on nothing else:
--   GRANT SELECT ON rollcall.view_marks TO 'office'@'%';

-- What stands, with names: one line a student and hour.
CREATE VIEW view_marks AS
SELECT s.course, COALESCE(NULLIF(q.title, ''), c.title) AS title, s.day, h.number AS hour, m.student, p.name, m.state,
  m.source, m.who, m.why, m.decided_at, s.state AS session_state
FROM marks m JOIN hours h ON m.hour = h.id JOIN sessions s ON h.session = s.id JOIN courses c ON s.course = c.code
  JOIN students p ON m.student = p.number LEFT JOIN plans q ON q.course = s.course
  AND q.begins = (SELECT MAX(x.begins) FROM plans x WHERE x.course = s.course AND x.begins <= s.day);

-- Every decision that ever came, in the order of `id`.
CREATE VIEW view_history AS
SELECT m.id, s.course, s.day, h.number AS hour, m.student, p.name, m.old_state, m.new_state, m.stood, m.source, m.who,
  m.why, m.decided_at, m.recorded_at, m.origin
FROM mark_history m JOIN hours h ON m.hour = h.id JOIN sessions s ON h.session = s.id
  JOIN students p ON m.student = p.number;

-- Sessions with course and room; see sessions for what a state means with `closes_at`.
CREATE VIEW view_sessions AS
SELECT s.id, s.course, COALESCE(NULLIF(q.title, ''), c.title) AS title, r.name AS room, s.day, s.state, s.makeup,
  s.closes_at, s.opened_at, s.opened_by, s.changed_at, s.changed_by
FROM sessions s JOIN courses c ON s.course = c.code LEFT JOIN plans q ON q.course = s.course
  AND q.begins = (SELECT MAX(x.begins) FROM plans x WHERE x.course = s.course AND x.begins <= s.day)
  LEFT JOIN rooms r ON q.room = r.id;

-- Who is, was or will be on which course's list.
CREATE VIEW view_enrolments AS
SELECT e.course, COALESCE(NULLIF(q.title, ''), c.title) AS title, e.student, p.name, e.begins, e.ends
FROM enrolments e JOIN courses c ON e.course = c.code JOIN students p ON e.student = p.number
  LEFT JOIN plans q ON q.course = e.course AND q.begins = (SELECT MAX(x.begins) FROM plans x
    WHERE x.course = e.course AND x.begins < COALESCE(e.ends, '9999-12-31'));

-- Cameras that clients may name by URL; the password sealed for its row with the key of the templates.
CREATE TABLE cameras (
  id INT NOT NULL AUTO_INCREMENT,
  name VARCHAR(100) NOT NULL,
  url VARCHAR(500) NOT NULL,
  user VARCHAR(100) NOT NULL DEFAULT '',
  sealed_password VARBINARY(1024),
  added_at DATETIME(6) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY uq_cameras_name (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What the cameras of a room were found to be able to do; `scene` is what one saw, in a few thousand grey points.
CREATE TABLE room_checks (
  id INT NOT NULL AUTO_INCREMENT,
  room INT NOT NULL,
  camera VARCHAR(100) NOT NULL DEFAULT '',
  checked_at DATETIME(6) NOT NULL,
  who VARCHAR(100) NOT NULL,
  result MEDIUMTEXT NOT NULL,
  scene MEDIUMBLOB NOT NULL,
  PRIMARY KEY (id),
  KEY ix_room_checks_room (room),
  CONSTRAINT fk_room_checks_room FOREIGN KEY (room) REFERENCES rooms (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Heads that the camera counted in the hours of submitted class days; `at_most` is NULL where it cannot be said.
CREATE TABLE head_counts (
  hour INT NOT NULL,
  at_least INT NOT NULL,
  at_most INT,
  counted_at DATETIME(6) NOT NULL,
  PRIMARY KEY (hour),
  CONSTRAINT fk_head_counts_hour FOREIGN KEY (hour) REFERENCES hours (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Two students, the two rows of a pair, who were both there, as somebody said, though the camera took them for one.
CREATE TABLE both_there (
  id BIGINT NOT NULL AUTO_INCREMENT,
  pair INT NOT NULL,
  hour INT NOT NULL,
  student VARCHAR(32) NOT NULL,
  answered_at DATETIME(6) NOT NULL,
  who VARCHAR(100) NOT NULL,
  PRIMARY KEY (id),
  KEY ix_both_there_hour (hour),
  KEY ix_both_there_student (student),
  CONSTRAINT fk_both_there_hour FOREIGN KEY (hour) REFERENCES hours (id),
  CONSTRAINT fk_both_there_student FOREIGN KEY (student) REFERENCES students (number)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The version of these tables, for `db upgrade`.
CREATE TABLE alembic_version (
  version_num VARCHAR(32) NOT NULL,
  PRIMARY KEY (version_num)
) ENGINE=InnoDB;
INSERT INTO alembic_version (version_num) VALUES ('0022');
