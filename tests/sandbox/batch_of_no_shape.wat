;; The batch is of a shape that was not told.
(data $batch (i32.const 2240) (i32 5 1  2304 2))
