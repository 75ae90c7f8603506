;; Four billion records without columns.
(data $batch (i32.const 2240) (i32 0 -1  0 0))
