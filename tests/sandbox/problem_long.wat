;; A message of 20,000 bytes.
(memory $memory (export "memory") 200)
(func $feed (param $first_line i64) (result i32)
  (memory.fill (i32.const 65536) (i32.const 120) (i32.const 20000))
  (i32.const 2048))
(data $answer (i32.const 2048) (i32 0 0  2112 1  2240 1  3072 1))
(data $problems (i32.const 3072) (i32 1 0  2 0  3  65536 20000  0))
