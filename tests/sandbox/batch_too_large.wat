;; Its answer lies in its memory, and is larger than one may be.
;;; limits: batch = 100000, batch-factor = 1
(memory $memory (export "memory") 20)
(data $offsets (i32.const 2592) (i32 0 1000000))
(data $columns (i32.const 2304)
  (i32 0 0 0  1  2560 1  0 0  0 0)
  (i32 0 0 0  3  2592 2  0 1000000  0 0))
