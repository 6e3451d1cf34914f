"""The company over HTTP: requests and answers, sign-in, limits, disturbances, the log of what came."""
