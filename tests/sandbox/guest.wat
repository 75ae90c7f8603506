;; A plugin that behaves: the ground on which each case beside this file stands. A form of a case takes the place of the form here
;; that has the same kind and name (`(func $feed …)`, `(data $schema …)`); its other forms are added.
;;
;; The addresses are fixed, so that the canonical ABI's records can be written down as numbers:
;;    256 description   512 commands   768 parser   896 schema and 1024 its fields
;;   2048 answer of `feed`   2112 shape and 2144 its fields   2176 answer of `finish`   2240 batch   2304 columns   2560 values
;;   4096 words         65536 what the host passes in

(import "[export]outparse:plugin/parser@0.2.0" "[resource-new]session" (func $new_session (param i32) (result i32)))

(memory $memory (export "memory") 2)

(global $top (mut i32) (i32.const 65536))

;; Never gives anything back: a run is short.
(func $realloc (export "cabi_realloc") (param $old i32) (param $old_size i32) (param $align i32) (param $size i32) (result i32)
  (local $at i32)
  (local.set $at (i32.and (i32.add (global.get $top) (i32.const 15)) (i32.const -16)))
  (global.set $top (i32.add (local.get $at) (local.get $size)))
  (block $enough
    (br_if $enough (i32.le_u (global.get $top) (i32.shl (memory.size) (i32.const 16))))
    (drop (memory.grow (i32.add (i32.shr_u (local.get $size) (i32.const 16)) (i32.const 1)))))
  (local.get $at))

(func $export_about (export "outparse:plugin/parser@0.2.0#about") (result i32)
  (call $about))

(func $export_schema_of (export "outparse:plugin/parser@0.2.0#schema-of") (param i32) (result i32)
  (call $schema_of))

(func $export_exact (export "outparse:plugin/parser@0.2.0#exact") (param i32 i32 i32) (result i32)
  (i32.const 928))

(func $export_constructor (export "outparse:plugin/parser@0.2.0#[constructor]session") (param i32) (result i32)
  (call $constructor)
  (call $new_session (i32.const 1)))

(global $told (mut i32) (i32.const 0))

;; The shape is told with the first answer.
(func $export_feed (export "outparse:plugin/parser@0.2.0#[method]session.feed") (param i32 i32 i32 i64) (result i32)
  (if (global.get $told) (then (i32.store (i32.const 2060) (i32.const 0))))
  (global.set $told (i32.const 1))
  (call $feed (local.get 3)))

(func $export_finish (export "outparse:plugin/parser@0.2.0#[method]session.finish") (param i32 i32 i32 i32 i32) (result i32)
  (call $finish))

(func $schema_of (result i32) (i32.const 896))

(func $about (result i32) (i32.const 256))

(func $constructor)

;; One record for each piece of the input.
(func $feed (param $first_line i64) (result i32) (i32.const 2048))

(func $finish (result i32) (i32.const 2176))

;; Name, version, summary: each an address and a length. No catalogue (one number whether there is one). One parser.
(data $description (i32.const 256) (i32 4096 7  4160 5  4224 20  0 0 0  768 1))

;; Name, summary, commands, options with values, files, dialect, platforms; whether these are the only ones.
(data $parser (i32.const 768) (i32 4096 7  4224 20  512 1  0 0  0 0  4352 4  0 0  0))

(data $commands (i32.const 512) (i32 4416 7))

;; Fields, kinds, whether it is open.
(data $schema_answer (i32.const 896) (i32 1024 2  0 0  0))

;; No better arguments.
(data $no_words (i32.const 928) (i32 0 0 0))

;; Two fields: a number that is never null, and a text that may be. Each is a name, a type with its payload, whether null is
;; allowed, a unit (one number whether there is one), whether rounded, a meaning, a role (two bytes) and padding,
;; and levels (whether there are any, padding, and two numbers of 64 bits).
(data $schema (i32.const 1024)
  (i32 4480 6  1 0 0  0  0 0 0  0  0 0  0 0  0 0 0 0 0 0)
  (i32 4544 4  3 0 0  1  0 0 0  0  0 0  0 0  0 0 0 0 0 0))

;; Success, padding, shapes, batches, problems.
(data $answer (i32.const 2048) (i32 0 0  2112 1  2240 1  0 0))

;; Kind, fields, added fields, times with offsets.
(data $shape (i32.const 2112) (i32 0  2144 2  0 0  0 0))

(data $shape_fields (i32.const 2144) (i32 0 1))

(data $last_answer (i32.const 2176) (i32 0 0  0 0  0 0  0 0))

;; Shape, number of records, columns.
(data $batch (i32.const 2240) (i32 0 1  2304 2))

;; Each is a validity bitmap (none), the type of the values, and them.
(data $columns (i32.const 2304)
  (i32 0 0 0  1  2560 1  0 0  0 0)
  (i32 0 0 0  3  2592 2  2624 4  0 0))

(data $numbers (i32.const 2560) (i64 7))

(data $offsets (i32.const 2592) (i32 0 4))

(data $bytes (i32.const 2624) "good")

(data $name (i32.const 4096) "hostile")

(data $version (i32.const 4160) "1.0.0")

(data $summary (i32.const 4224) "A guest that attacks")

(data $dialect (i32.const 4352) "evil")

(data $command (i32.const 4416) "hostile")

(data $first_field (i32.const 4480) "number")

(data $second_field (i32.const 4544) "word")
