;; The records have no field in this capture.
(data $shape (i32.const 2112) (i32 0  2144 0  0 0  0 0))
(data $batch (i32.const 2240) (i32 0 1  2304 0))
