;; Four billion records of nothing but nulls, without a byte: 32 GiB of zeros.
;;; limits: call-millis = 2000
(data $batch (i32.const 2240) (i32 0 -1  2304 2))
(data $columns (i32.const 2304)
  (i32 0 0 0  8  0 0  0 0  0 0)
  (i32 0 0 0  8  0 0  0 0  0 0))
(data $schema (i32.const 1024)
  (i32 4480 6  1 0 0  1  0 0 0  0  0 0  0 0  0 0 0 0 0 0)
  (i32 4544 4  3 0 0  1  0 0 0  0  0 0  0 0  0 0 0 0 0 0))
