;; Its schema says that the number is never null, and it is.
(data $columns (i32.const 2304)
  (i32 1 4700 1  1  2560 1  0 0  0 0)
  (i32 0 0 0  3  2592 2  2624 4  0 0))
