/** Settings that are accepted and change nothing, with the reason. */
export const WITHOUT_EFFECT: Readonly<Record<string, string | undefined>> = {
  executionBackend:
    'both words name what is always done here: the agent is a child process without a terminal',
  interactiveShell: 'agents run without a terminal',
  ticketQuery: 'the tickets are read directly, without `tk`',
  completionCheck: 'the tickets are read directly, without `tk`',
  sleepBetweenTickets: 'a worker that becomes free is used at once',
  sleepBetweenRetries: 'a worker that becomes free is used at once',
  includeKnowledgeBase: 'the workflow decides what its agent reads',
  includePlanningDocs: 'the workflow decides what its agent reads',
  lessonsMaxCount: 'lessons are the business of the workflow',
  sessionDir: 'pi keeps its own records where pi is told to',
  sessionPerTicket: 'every attempt has a session of its own',
  captureJson: 'the output of every session is kept',
};
