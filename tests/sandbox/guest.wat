;; A plugin that behaves: the ground on which each case beside this file stands. A form of a case takes the place of the form here
;; that has the same kind and name (`(func $feed …)`, `(data $schema …)`); its other forms are added.
;;
;; The addresses are fixed, so that the canonical ABI's records can be written down as numbers:
;;    256 description   512 commands   1024 schema   2048 answer of `feed`   2176 answer of `finish`   2304 columns   2560 values
;;   4096 words         65536 what the host passes in

(import "[export]outparse:plugin/parser@0.1.0" "[resource-new]session" (func $new_session (param i32) (result i32)))

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

(func $export_about (export "outparse:plugin/parser@0.1.0#about") (result i32)
  (call $about))

(func $export_constructor (export "outparse:plugin/parser@0.1.0#[constructor]session") (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
  (call $constructor)
  (call $new_session (i32.const 1)))

(func $export_feed (export "outparse:plugin/parser@0.1.0#[method]session.feed") (param i32 i32 i32 i64) (result i32)
  (call $feed (local.get 3)))

(func $export_finish (export "outparse:plugin/parser@0.1.0#[method]session.finish") (param i32) (result i32)
  (call $finish))

(func $about (result i32) (i32.const 256))

(func $constructor)

;; One record for each piece of the input.
(func $feed (param $first_line i64) (result i32) (i32.const 2048))

(func $finish (result i32) (i32.const 2176))

;; Name, version, summary, commands, dialect, platforms, schema: each an address and a length.
(data $description (i32.const 256) (i32 4096 7  4160 5  4224 20  512 1  4352 4  0 0  1024 2))

(data $commands (i32.const 512) (i32 4416 7))

;; Two fields: a number that is never null, and a text that may be. Each is a name, a type with its payload, whether null is
;; allowed, a unit (one number whether there is one), whether rounded, a meaning,
;; and levels (whether there are any, padding, and two numbers of 64 bits).
(data $schema (i32.const 1024)
  (i32 4480 6  1 0 0  0  0 0 0  0  0 0  0 0 0 0 0 0)
  (i32 4544 4  3 0 0  1  0 0 0  0  0 0  0 0 0 0 0 0))

;; Success, padding, number of records, columns, problems.
(data $answer (i32.const 2048) (i32 0 0  1  2304 2  0 0))

(data $last_answer (i32.const 2176) (i32 0 0  0  0 0  0 0))

;; Each is a validity bitmap (none), the type of the values, and them.
(data $columns (i32.const 2304)
  (i32 0 0 0  1  2560 1  0 0)
  (i32 0 0 0  3  2592 2  2624 4))

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
