;; A message of 10 MB.
(memory $memory (export "memory") 200)
(data $answer (i32.const 2048) (i32 0 0  2112 1  2240 1  3072 1))
(data $problems (i32.const 3072) (i32 1 0  2 0  3  65536 10000000  0))
