/** What a transport has done since its start, for metrics: each only grows. */
export interface TransportCounts {
  framesSent: number;
  parcelsSent: number;
  bytesSent: number;
  framesReceived: number;
  parcelsReceived: number;
  bytesReceived: number;
  /** Parcels that came more than once and were taken once. */
  duplicates: number;
  /** Frames that came before what is missing, and were left to come again. */
  gaps: number;
  /** Parcels that were sent again, because they were lost or nobody knew. */
  resends: number;
  /** Parcels that were refused because too much waits. */
  busy: number;
  /** Parcels that came back because their receiver is dead. */
  returned: number;
  /** Parcels out of the inboxes of dead nodes. */
  adopted: number;
  /** Frames that could not be read. */
  quarantined: number;
  publicationsSent: number;
  /** Publications that were not sent: there was no connection, or too many were under way. */
  publicationsLost: number;
  publicationsHeard: number;
}

/** Nothing has been done yet. */
export function noCounts(): TransportCounts {
  return {
    framesSent: 0,
    parcelsSent: 0,
    bytesSent: 0,
    framesReceived: 0,
    parcelsReceived: 0,
    bytesReceived: 0,
    duplicates: 0,
    gaps: 0,
    resends: 0,
    busy: 0,
    returned: 0,
    adopted: 0,
    quarantined: 0,
    publicationsSent: 0,
    publicationsLost: 0,
    publicationsHeard: 0,
  };
}
