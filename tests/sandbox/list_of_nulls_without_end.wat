;; One list of two billion nulls, without a byte of its own.
(data $answer (i32.const 2048) (i32 0 0  1  2304 2  0 0))
(data $offsets (i32.const 2592) (i32 0 0x7fffffff))
(data $columns (i32.const 2304)
  (i32 0 0 0  4  2592 2  0 0)
  (i32 0 0 0  6  0 0  0 0))
(data $schema (i32.const 1024)
  (i32 4480 6  4 1 0  1  0 0 0  0  0 0  0 0 0 0 0 0)
  (i32 4544 4  1 0 0  1  0 0 0  0  0 0  0 0 0 0 0 0))
