;; Bytes that no text holds.
(data $offsets (i32.const 2592) (i32 0 3))
