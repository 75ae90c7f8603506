;; Built for a later version of our package.
;;; version: 0.3.0
