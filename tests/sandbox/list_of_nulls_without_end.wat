;; One list of two billion nulls, without a byte of its own.
(data $offsets (i32.const 2592) (i32 0 0x7fffffff))
(data $columns (i32.const 2304)
  (i32 0 0 0  5  2592 2  0 0  0 0)
  (i32 0 0 0  8  0 0  0 0  0 0))
(data $schema (i32.const 1024)
  (i32 4480 6  6 1 0  1  0 0 0  0  0 0  0 0  0 0 0 0 0 0)
  (i32 4544 4  1 0 0  1  0 0 0  0  0 0  0 0  0 0 0 0 0 0))
