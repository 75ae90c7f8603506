;; Ten thousand problems for each piece, and never a record: they are not kept without end.
;;; lines: 300000
(memory $memory (export "memory") 20)
(func $feed (param $first_line i64) (result i32)
  (global.set $top (i32.const 65536))
  (i32.const 2048))
(data $answer (i32.const 2048) (i32 0 0  0 0  0 0  262144 10000))
