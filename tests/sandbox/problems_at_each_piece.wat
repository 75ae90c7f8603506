;; Ten thousand problems for each piece, and never a record: they are not kept without end.
;;; lines: 300000
(memory $memory (export "memory") 20)
(data $answer (i32.const 2048) (i32 0 0  0  0 0  65536 10000))
