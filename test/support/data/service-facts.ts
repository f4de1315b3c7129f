/** Metadata of a client that acts for itself only. */
export const serviceFacts = {
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
} as const;
