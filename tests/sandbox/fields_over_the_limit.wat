;; Two fields, where one is allowed.
;;; limits: fields = 1
