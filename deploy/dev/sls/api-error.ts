/** The server refuses a call in the words of the service. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
  }
}

/** A parameter of a call makes no sense. */
export function badParameter(text: string): ApiError {
  return new ApiError(400, "ParameterInvalid", text);
}
