;; A summary that is read from right to left (U+202E).
(data $summary (i32.const 4224) "A \e2\80\aeguest that atta")
